"""The checks of each notebook's exercises, in modules of its name: frames for 02_frames.ipynb."""
