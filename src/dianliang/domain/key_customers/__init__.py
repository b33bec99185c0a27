"""Whom power must not leave (重要客户): who they are, what they have, how they fared."""
