"""Areas of the tree 省-市-县-乡镇-村-网格: where things are."""
