// Package nearest finds the word that somebody probably meant.
//
// It owns how far apart two words are, and what AWS's people call what has another name here, or is kept by another command. It never acts on a guess: it only names it.
package nearest
