"""Companies that charge cards, one folder each; `memory` is the fake of unit tests."""
