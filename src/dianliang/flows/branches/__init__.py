"""Party branches at work: registers, links, meetings, topics, and their papers."""
