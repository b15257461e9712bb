package nearest

import (
	"slices"
	"strings"
)

// Word gives the word that is typed by at most two wrong, missing or additional letters; case does not count.
func Word(typed string, words []string) (string, bool) {
	best, found := 3, ""
	for _, word := range words {
		if d := edits(strings.ToLower(typed), strings.ToLower(word)); d < best && d < len(word) {
			best, found = d, word
		}
	}
	return found, found != ""
}

// edits counts the letters that must be changed, added or removed to make b of a (Levenshtein's distance).
func edits(a, b string) int {
	row := make([]int, len(b)+1) // the distances of the beginning of a to every beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// Elsewhere names the command that shows what people look for as a kind and that is none: what AWS's own commands keep, and
// AWS's words for what is a kind of another name. Empty where nobody knows.
func Elsewhere(kind string) string {
	const iam = "lanyard run --as operator -- aws iam "
	switch strings.TrimSuffix(strings.ToLower(kind), "s") {
	case "user", "iamuser":
		return iam + "list-users"
	case "iamgroup":
		return iam + "list-groups"
	case "accesskey":
		return iam + "list-access-keys --user-name NAME"
	case "instanceprofile":
		return iam + "list-instance-profiles"
	case "function", "lambda", "lambda:function", "instance", "ec2:instance", "task", "ecs:task", "workload":
		return "lanyard get AWSResource"
	case "iamrole":
		return "lanyard get Role"
	case "cluster":
		return "lanyard get EKSCluster"
	case "managedidentity", "identity":
		return "lanyard get UserAssignedIdentity"
	}
	return ""
}
