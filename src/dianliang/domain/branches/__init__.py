"""Party branches at work (党建): pairings, meetings, topics, tasks, talks, contests."""
