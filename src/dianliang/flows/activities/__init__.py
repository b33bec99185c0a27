"""Sessions, lectures, offers and courses: from the plan to who was there (活动与服务)."""
