"""What every official paper is made with: letterhead, signatures, marks, words of Indonesian offices, the PDF."""
