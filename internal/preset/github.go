package preset

import "strings"

// PlainGitHub gives GitHub's subject with ids, repo:OWNER@ID/REPO@ID:..., in the form without them. The two name the same
// repository; only the one with ids says that it is still the same one. ok is false for a subject without ids.
func PlainGitHub(subject string) (plain string, ok bool) {
	rest, ok := strings.CutPrefix(subject, "repo:")
	if !ok {
		return "", false
	}
	path, context, ok := strings.Cut(rest, ":")
	if !ok {
		return "", false
	}
	owner, repo, ok := strings.Cut(path, "/")
	if !ok {
		return "", false
	}
	ownerName, ownerOK := withoutID(owner)
	repoName, repoOK := withoutID(repo)
	if !ownerOK || !repoOK {
		return "", false
	}
	return "repo:" + ownerName + "/" + repoName + ":" + context, true
}

func withoutID(s string) (string, bool) {
	name, id, ok := strings.Cut(s, "@")
	return name, ok && name != "" && id != "" && strings.Trim(id, "0123456789") == ""
}
