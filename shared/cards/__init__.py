"""Cards: questions a turn puts to a person, how answers are checked, and how one of them comes to count."""
