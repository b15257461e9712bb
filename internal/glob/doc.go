// Package glob matches text against patterns in which '*' stands for any run of characters and '?' for exactly one.
//
// It owns the pattern as a list of pieces (literal text, '*', a group of '?'), so that text which was put in for a
// variable stays literal whatever it contains (threat F07), and the four ways of reading a pattern that Lanyard's
// languages need: see Mode. It never takes regular expressions, never allocates while matching, and its work is bounded
// whatever pattern and text are (threat P17): what stands between two stars is looked for once, from left to right. If
// that is one literal the search is linear; if it has several pieces they are compared one after the other at each place
// where the first literal is found, and MaxGroups bounds how many '?' can make.
package glob
