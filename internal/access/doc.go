// Package access is the single question "may this caller do this, there", in both clouds' ways of answering it.
//
// It owns which rules of the View are put before which engine: role assignments of the principal for Azure; trust,
// identity, boundary, session and bucket policies for AWS. Every answer is a Decision with reasons, and a rule that
// cannot be read refuses. It never knows how the caller proved itself and never touches what is asked for.
package access
