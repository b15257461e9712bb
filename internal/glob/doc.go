// Package glob matches text against patterns in which '*' stands for any run of characters and '?' for exactly one.
//
// It owns the pattern as a list of pieces (literal text, '*', a group of '?'), so that text which was put in for a
// variable stays literal whatever it contains (threat F07), and the four ways of reading a pattern that Lanyard's
// languages need: see Mode. It never takes regular expressions, never allocates while matching, and its work is bounded
// whatever pattern and text are (threat P17): every literal between two stars is searched once from left to right with
// a linear search, and a stretch that also holds '?' is tried at each place with at most MaxGroups comparisons.
package glob
