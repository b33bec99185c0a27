"""Villages whose grid is rebuilt (千村改造): stages, delays, what it was like before and after."""
