"""From measured curves to relieved transformers: judge, propose, decide, build, measure again."""
