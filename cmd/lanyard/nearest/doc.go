// Package nearest finds the word that somebody probably meant.
//
// It owns how far apart two words are. It never acts on a guess: it only names it.
package nearest
