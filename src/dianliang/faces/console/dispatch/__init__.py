"""The console's pages about the dispatch of an incident (抢险调度)."""
