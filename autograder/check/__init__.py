"""What a student can know before handing in, with nothing but the released notebook."""
