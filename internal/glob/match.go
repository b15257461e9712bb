package glob

import (
	"strings"
	"unicode/utf8"
)

// match compares all of s with the pieces as mode says.
func match(mode Mode, pieces []Piece, s string) bool {
	switch mode {
	case Fold:
		return matchOpen(pieces, Lower(s))
	case ARN, Subject:
		return matchWalled(mode, pieces, s)
	case Plain:
	}
	return matchOpen(pieces, s)
}

// matchWalled compares the stretches between walls one by one. Wildcards match no wall, so the n-th wall of the text
// can only be the n-th wall of the pattern: nothing is ever tried twice.
func matchWalled(mode Mode, pieces []Piece, s string) bool {
	for walls := 0; ; walls++ {
		at, cut := nextWall(pieces), nextWallByte(mode, s, walls)
		if !matchOpen(pieces[:at], s[:cut]) {
			return false
		}
		pieces, s = pieces[at:], s[cut:]
		if len(pieces) == 0 || s == "" {
			return len(pieces) == 0 && s == ""
		}
		if pieces[0].text[0] != s[0] {
			return false
		}
		pieces, s = pieces[1:], s[1:]
	}
}

// nextWall is the index of the first wall among the pieces, or their number.
func nextWall(pieces []Piece) int {
	for i := range pieces {
		if pieces[i].kind == wall {
			return i
		}
	}
	return len(pieces)
}

// nextWallByte is the index of the first wall in s, or its length.
func nextWallByte(mode Mode, s string, walls int) int {
	for i := range len(s) {
		if mode.wall(s[i], walls) {
			return i
		}
	}
	return len(s)
}

// matchOpen compares all of s with pieces that have no walls. The stretch before the first star must begin s, the one
// after the last must end it, and those between are each found at the leftmost place: taking an earlier place never
// loses a match, because the star that follows can take up the difference.
func matchOpen(pieces []Piece, s string) bool {
	head := nextMany(pieces)
	n := prefix(pieces[:head], s)
	if n < 0 {
		return false
	}
	if head == len(pieces) {
		return n == len(s)
	}
	s, pieces = s[n:], pieces[head+1:]
	for {
		end := nextMany(pieces)
		if end == len(pieces) {
			return suffix(pieces, s)
		}
		if n = find(pieces[:end], s); n < 0 {
			return false
		}
		s, pieces = s[n:], pieces[end+1:]
	}
}

// nextMany is the index of the first star among the pieces, or their number.
func nextMany(pieces []Piece) int {
	for i := range pieces {
		if pieces[i].kind == many {
			return i
		}
	}
	return len(pieces)
}

// prefix gives how many bytes at the beginning of s the pieces (no stars) take, or -1.
func prefix(pieces []Piece, s string) int {
	n := 0
	for i := range pieces {
		p := &pieces[i]
		if p.kind == one {
			skip := characters(s[n:], p.count)
			if skip < 0 {
				return -1
			}
			n += skip
			continue
		}
		if !strings.HasPrefix(s[n:], p.text) {
			return -1
		}
		n += len(p.text)
	}
	return n
}

// suffix tells whether s ends with the pieces (no stars).
func suffix(pieces []Piece, s string) bool {
	for i := len(pieces) - 1; i >= 0; i-- {
		p := &pieces[i]
		if p.kind == one {
			for range p.count {
				if s == "" {
					return false
				}
				_, w := utf8.DecodeLastRuneInString(s)
				s = s[:len(s)-w]
			}
			continue
		}
		rest, ok := strings.CutSuffix(s, p.text)
		if !ok {
			return false
		}
		s = rest
	}
	return true
}

// find gives the end of the leftmost place in s where the pieces (no stars) match, or -1. Literals are UTF-8, so they
// are only ever found at the beginning of a character.
func find(pieces []Piece, s string) int {
	skipped := 0
	if len(pieces) > 0 && pieces[0].kind == one {
		if skipped = characters(s, pieces[0].count); skipped < 0 {
			return -1
		}
		pieces = pieces[1:]
	}
	if len(pieces) == 0 {
		return skipped
	}
	first, rest := pieces[0].text, pieces[1:]
	for from := skipped; ; from++ {
		i := strings.Index(s[from:], first)
		if i < 0 {
			return -1
		}
		from += i
		end := from + len(first)
		if n := prefix(rest, s[end:]); n >= 0 {
			return end + n
		}
	}
}

// characters gives how many bytes the first n characters of s take, or -1 if it has fewer.
func characters(s string, n int) int {
	at := 0
	for range n {
		switch {
		case at == len(s):
			return -1
		case s[at] < utf8.RuneSelf: // most text; spares the call
			at++
		default:
			_, w := utf8.DecodeRuneInString(s[at:])
			at += w
		}
	}
	return at
}
