"""The supervision desk: what is late, hard or forgotten, and who is asked to answer for it 督办."""
