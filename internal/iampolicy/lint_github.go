package iampolicy

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// githubKey is GitHub's subject, and the beginning of its other keys (GitHub, "OpenID Connect reference").
const githubKey = "token.actions.githubusercontent.com:"

// githubTraps describes what is wrong with the GitHub subjects that a trust policy's statement wants. A repository is its
// id; its name can be given up and taken by somebody else, who then gets the role.
func (s *Statement) githubTraps(t *cond.Test) []string {
	spec := t.Spec()
	positive := spec.Operator == cond.StringEquals || spec.Operator == cond.StringLike
	if s.effect != Allow || !positive || glob.Lower(spec.Key) != githubKey+"sub" {
		return nil
	}
	var list []string
	for _, v := range spec.Values {
		what, rest, _ := strings.Cut(v, ":")
		if what != "repo" {
			continue
		}
		path, _, _ := strings.Cut(rest, ":")
		if !s.pinned() && slices.ContainsFunc(strings.Split(path, "/"), func(n string) bool { return n != "*" && !strings.Contains(n, "@") }) {
			list = append(list, "the subject "+v+" names a repository by its name alone, which somebody else can have later; "+
				"say repo:OWNER@ID/REPO@ID:..., or test "+githubKey+"repository_id too")
		}
		if spec.Operator == cond.StringLike && strings.HasSuffix(v, "*") {
			list = append(list, "the subject "+v+" lets every branch, tag, environment and pull request of the repository in; "+
				"name the one that is meant")
		}
	}
	return list
}

// pinned tells whether a test of the statement wants an id that no other repository or owner ever has.
func (s *Statement) pinned() bool {
	for t := range s.Tests() {
		spec := t.Spec()
		id, ok := strings.CutPrefix(glob.Lower(spec.Key), githubKey)
		byID := ok && (id == "repository_id" || id == "repository_owner_id")
		if byID && spec.Operator == cond.StringEquals && !spec.IfExists && spec.Quantifier != cond.ForAllValues {
			return true
		}
	}
	return false
}
