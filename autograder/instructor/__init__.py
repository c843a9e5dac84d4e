"""What an instructor does around grading: setting up, deadlines, regrading, giving scores away."""
