package iampolicy

import "strings"

// KnownActions gives the names of the actions of a service that the house has a door for (Service Authorization Reference),
// whether the door offers them or not. Nothing is known of other services.
func KnownActions(service string) []string {
	names, _ := knownActions(service)
	return strings.Fields(names)
}

// Covers tells whether the statement, its conditions aside, is plainly about everything that o is about: each pattern of o
// is an instance of one of its own. It never guesses: two statements that only together cover a third do not.
func (s *Statement) Covers(o *Statement) bool { return s.covers(o) }
