"""Problems and plans as Excel."""
