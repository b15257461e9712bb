package rbac

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/name"
)

func condition(t testing.TB, text string) *Condition {
	t.Helper()
	c, err := ParseCondition(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

const (
	containerName = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]"
	blobPath      = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]"
	blobPrefix    = "@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]"
	writeBlob     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
	// onlyPhotos are the documented forms: reads of blobs in one container, and lists below one prefix.
	onlyPhotos = "((!(ActionMatches{'" + readBlob + "'} AND NOT SubOperationMatches{'Blob.List'})) OR (" + containerName +
		" StringEquals 'photos' AND " + blobPath + " StringLike 'a/*')) AND " +
		"((!(ActionMatches{'" + readBlob + "'} AND SubOperationMatches{'Blob.List'})) OR (" + blobPrefix + " StringStartsWith 'a/'))"
)

// read is a question of alice with a condition on her only grant, which allows everything.
func read(c *Condition, attributes ...Attribute) Input {
	a := Assignment{ID: id(10), Principal: alice, Scope: name.MustScope(photos), Condition: c}
	a.Role, _ = Compile(RoleDefinition{Name: "All", Permissions: []Permission{{Actions: []string{"*"}, DataActions: []string{"*"}}}})
	in := ask(a)
	in.Attributes = attributes
	return in
}

func TestConditionForms(t *testing.T) {
	in, path := Attribute{ContainerName, "photos"}, Attribute{BlobPath, "a/cat.jpg"}
	list := func(in *Input) { in.SubOperation = BlobList }
	write := func(in *Input) { in.Action = writeBlob }
	for _, tc := range []struct {
		name, text string
		have       Attributes
		change     func(*Input)
		want       bool
	}{
		{"read in the container", onlyPhotos, Attributes{in, path}, nil, true},
		{"read elsewhere", onlyPhotos, Attributes{{ContainerName, "other"}, path}, nil, false},
		{"read another path", onlyPhotos, Attributes{in, {BlobPath, "b/a/"}}, nil, false},
		{"read without a path", onlyPhotos, Attributes{in}, nil, false},
		{"list below the prefix", onlyPhotos, Attributes{in, {BlobPrefix, "a/b"}}, list, true},
		{"list above the prefix", onlyPhotos, Attributes{in, {BlobPrefix, "a"}}, list, false},
		{"list without prefix", onlyPhotos, Attributes{in}, list, false},
		{"another action", onlyPhotos, nil, write, true},
		{
			"a path condition without the exemption for lists denies listing",
			"!(ActionMatches{'" + readBlob + "'}) OR " + blobPath + " StringLike 'a/*'",
			Attributes{in, {BlobPrefix, "a/"}},
			list, false,
		},
		{
			"older sub-operation", "(!(ActionMatches{'" + readBlob + "'} AND @Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.Read.WithTagConditions', 'blob.list'})) OR " +
				blobPrefix + " StringEquals 'a'", Attributes{{BlobPrefix, "b"}}, list, false,
		},
		{
			"older sub-operation of a plain read", "(!(ActionMatches{'" + readBlob + "'} AND @Request[suboperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List'})) OR " +
				blobPrefix + " StringEquals 'a'", Attributes{path}, nil, true,
		},
		{"star in the action", "!ActionMatches{'Microsoft.Storage/*/blobs/*'}", nil, nil, false},
		{"a segment that is only a star may be none", "ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*/read'}", nil, nil, true},
		{"other words", "not (" + containerName + " stringequals 'x') && EXISTS " + containerName + " || actionmatches{'x'}", Attributes{in}, nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.name == "other words" { // mixed joints: refused, and fine with parentheses
				if _, err := ParseCondition(tc.text); err == nil {
					t.Fatal("AND and OR in one row were taken")
				}
				tc.text, tc.want = "("+strings.Replace(tc.text, "||", ") ||", 1), true
			}
			q := read(condition(t, tc.text), tc.have...)
			if tc.change != nil {
				tc.change(&q)
			}
			if d := Decide(q); d.Allowed() != tc.want {
				t.Errorf("want %t: %v", tc.want, d)
			}
		})
	}
}

// TestConditionOperators asks each operator about the attribute @Request[x], with the values a and b where it has two.
func TestConditionOperators(t *testing.T) {
	guid := "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
	for _, tc := range []struct {
		have, test string
		want       bool
	}{
		{"photos", "StringEquals 'photos'", true},
		{"Photos", "StringEquals 'photos'", false},
		{"Photos", "StringNotEquals 'photos'", true},
		{"Photos", "StringEqualsIgnoreCase 'photos'", true},
		{"Photos", "StringNotEqualsIgnoreCase 'photos'", false},
		{"photos/a", "StringStartsWith 'photos/'", true},
		{"photos/a", "StringNotStartsWith 'photos/'", false},
		{"Photos/a", "StringStartsWithIgnoreCase 'photos/'", true},
		{"Photos/a", "StringNotStartsWithIgnoreCase 'photos/'", false},
		{"a/b/c", "StringLike 'a/*c'", true},
		{"a/b/c", "StringLike 'a/?/c'", true},
		{"a*c", `StringLike 'a\*c'`, true},
		{"abc", `StringLike 'a\*c'`, false},
		{`a\c`, `StringEquals 'a\c'`, true},
		{"abc", "StringNotLike 'a*'", false},
		{"ABC", "StringLikeIgnoreCase 'a*'", true},
		{"ABC", "StringNotLikeIgnoreCase 'a*'", false},
		{"10", "NumericEquals 10", true},
		{"010", "NumericEquals 10", true},
		{"-1", "NumericNotEquals 1", true},
		{"9", "NumericLessThan 10", true},
		{"10", "NumericLessThanEquals 10", true},
		{"10", "NumericGreaterThan -10", true},
		{"9", "NumericGreaterThanEquals 10", false},
		{"ten", "NumericLessThan 10", false},
		{"2023-05-01T13:00:00Z", "DateTimeEquals '2023-05-01T15:00:00+02:00'", true},
		{"2023-05-01T13:00:01Z", "DateTimeNotEquals '2023-05-01T13:00:00.0Z'", true},
		{"2023-05-01T13:00:01Z", "DateTimeGreaterThan '2023-05-01T13:00:00.0Z'", true},
		{"2023-05-01T13:00:00Z", "DateTimeGreaterThanEquals '2023-05-01T13:00:00.0Z'", true},
		{"2023-05-01T13:00:00Z", "DateTimeLessThan '2023-05-01T13:00:00.0Z'", false},
		{"2023-05-01T13:00:00Z", "DateTimeLessThanEquals '2023-05-01T13:00:00.0Z'", true},
		{strings.ToUpper(guid), "GuidEquals " + guid, true},
		{guid, "guidequals '" + strings.ToUpper(guid) + "'", true},
		{guid, "GuidNotEquals " + guid, false},
		{"true", "BoolEquals true", true},
		{"False", "BoolNotEquals TRUE", true},
		{"a,b", "ForAnyOfAnyValues:StringEquals {'b','c'}", true},
		{"a,b", "ForAllOfAnyValues:StringEquals {'b','c'}", false},
		{"10,20", "ForAnyOfAllValues:NumericLessThan {15, 18}", true},
		{"10,20", "ForAllOfAllValues:NumericLessThan {15, 25, 30}", false},
		{"10,20", "forallofallvalues:numericlessthan {25, 30}", true},
		{guid, "ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, " + guid + "}", false},
		{guid, "ForAnyOfAnyValues:GuidEquals{" + guid + "}", true},
		{"photos", "StringEquals @Resource[y]", false}, // not there
		{"photos", "StringEquals @Environment[Z]", true},
		{"photos", "ForAnyOfAnyValues:StringNotEquals @Environment[z]", false},
	} {
		var have Attributes
		for v := range strings.SplitSeq(tc.have, ",") {
			have = append(have, Attribute{"@request[x]", v})
		}
		have = append(have, Attribute{"@environment[z]", "photos"})
		positive, negative := condition(t, "@Request[X] "+tc.test), condition(t, "NOT @Request[X] "+tc.test)
		if d := Decide(read(positive, have...)); d.Allowed() != tc.want {
			t.Errorf("%q %s: want %t: %v", tc.have, tc.test, tc.want, d)
		}
		if d := Decide(read(negative, have...)); d.Allowed() != (!tc.want && !strings.Contains(tc.test, "[y]")) {
			t.Errorf("%q NOT %s: %v", tc.have, tc.test, d)
		}
		for _, c := range []*Condition{positive, negative} { // an attribute that is missing fails both ways
			if d := Decide(read(c, Attribute{"@environment[z]", "photos"})); d.Allowed() {
				t.Errorf("%s holds without the attribute: %v", c, d)
			}
		}
	}
}

func TestConditionOnPresenceAndTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, tc := range []struct {
		text string
		have Attributes
		now  time.Time
		want bool
	}{
		{"Exists @Request[a]", nil, at, false},
		{"NOT Exists @Request[a]", nil, at, true},
		{"! (!Exists @Request[a])", nil, at, false},
		{"Exists @Request[a]", Attributes{{"@request[a]", ""}}, at, true},
		{"NOT Exists @Request[a]", Attributes{{"@request[a]", ""}}, at, false},
		{"@Environment[UtcNow] DateTimeGreaterThan '2026-01-02T02:04:04.0Z'", nil, at, true},
		{"@Environment[utcnow] DateTimeGreaterThan '2026-01-02T02:04:05.0Z'", nil, at, false},
		{"@Environment[UtcNow] DateTimeGreaterThan '2000-01-02T02:04:05.0Z'", nil, time.Time{}, false},
		{"NOT @Environment[UtcNow] DateTimeGreaterThan '2000-01-02T02:04:05.0Z'", nil, time.Time{}, false},
	} {
		in := read(condition(t, tc.text), tc.have...)
		in.Now = tc.now
		if d := Decide(in); d.Allowed() != tc.want {
			t.Errorf("%s: want %t: %v", tc.text, tc.want, d)
		}
	}
}

func TestConditionRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "position 1: want a test, NOT or a parenthesis, have the end",
		"  ":                                  "position 3: want a test",
		"@Resource[a:b] StringEquals 'x' AND": "position 36: want a test",
		"@Resource[a:b] StringEquals 'x' 'y'": "position 33: want AND, OR or the end, have 'y'",
		"@Resource[a:b] StringEquals 'x' AND @Resource[a:b] StringEquals 'x' OR Exists @Request[a]": "position 69: AND and OR in one row",
		"@Resource[a:b] StringEquals 'x":                               "position 29: the text has no closing quote",
		"@Resource[a:b StringEquals 'x'":                               "position 1: the attribute has no closing bracket",
		"@Resource[] StringEquals 'x'":                                 "position 1: an attribute's name",
		"@Resource[a b] StringEquals 'x'":                              "position 1: an attribute's name",
		"@Resource[é] StringEquals 'x'":                                "position 1: an attribute's name",
		"@Resource[" + strings.Repeat("a", 513) + "] StringEquals 'x'": "position 1: an attribute's name",
		"@Somebody[a] StringEquals 'x'":                                "position 1: want @Resource[...]",
		"@Resource[a] Equals 'x'":                                      `position 14: want an operator such as StringEquals or ForAnyOfAnyValues:GuidEquals, have "Equals"`,
		"@Resource[a] 'StringEquals' 'x'":                              "position 14: want an operator",
		"@Resource[a] Exists":                                          "position 14: want an operator",
		"@Resource[a] ForAnyOfAnyValues: {'x'}":                        "position 14: want an operator",
		"@Resource[a] StringEquals x":                                  "position 27: want a text in single quotes",
		"@Resource[a] StringEquals {'x'}":                              "position 27: several values need a prefix",
		"@Resource[a] ForAnyOfAnyValues:StringEquals {}":               "position 46: want a text",
		"@Resource[a] ForAnyOfAnyValues:StringEquals {'x' 'y'}":        `position 50: want "}", have 'y'`,
		"@Resource[a] ForAnyOfAnyValues:StringEquals {'x','y":          "position 50: the text has no closing quote",
		"@Resource[a] NumericEquals 1.5":                               "position 29: '.' begins nothing",
		"@Resource[a] NumericEquals '1'":                               "position 28: want a whole number",
		"@Resource[a] NumericEquals -":                                 "position 28: want a whole number",
		"@Resource[a] NumericEquals 1234567890123456789":               "position 28: want a whole number",
		"@Resource[a] GuidEquals 'x'":                                  "position 25: want a GUID",
		"@Resource[a] BoolEquals 'true'":                               "position 25: want true or false",
		"@Resource[a] DateTimeEquals '2023-05-01'":                     "position 29: want a time",
		"@Resource[a] StringLike 'x\\'":                                "position 14: ",
		"@Resource[a] StringEquals 'x' ;":                              "position 31: ';' begins nothing",
		"@Resource[a] ;":                                               "position 14: ';' begins nothing",
		"@Resource[a] StringEquals ;":                                  "position 27: ';' begins nothing",
		"@Resource[a] StringEquals @Any[b]":                            "position 27: want @Resource[...]",
		"Exists x":                                                     "position 8: want an attribute",
		"Exists ;":                                                     "position 8: ';'",
		";":                                                            "position 1: ';'",
		"NOT ;":                                                        "position 5: ';'",
		"( ;":                                                          "position 3: ';'",
		"Exists @Request[a] AND ;":                                     "position 24: ';'",
		"Exists @Request[a] ;":                                         "position 20: ';'",
		"(Exists @Request[a]":                                          `position 20: want ")", have the end`,
		"(NOT)":                                                        "position 5: want a test",
		"ActionMatches ;":                                              "position 15: ';'",
		"ActionMatches 'a/b'":                                          `position 15: want "{"`,
		"ActionMatches{a}":                                             `position 15: want the pattern in single quotes, have "a"`,
		"ActionMatches{'a/b';":                                         "position 20: ';'",
		"ActionMatches{'a/b','c'}":                                     `position 20: want "}"`,
		"ActionMatches{'a b'}":                                         "position 15: ",
		"SubOperationMatches{'Blob/List'}":                             "position 21: want the name of a sub-operation",
		"SubOperationMatches{''}":                                      "position 21: want the name of a sub-operation",
		"\xff":                                                         "position 1: the condition is not UTF-8",
		strings.Repeat("(", 51) + "Exists @Request[a]":                 "position 51: a condition nests at most 50 deep",
		strings.Repeat(" ", MaxCondition+1):                            "at most 8192 bytes",
	} {
		if _, err := ParseCondition(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %q", text, err, want)
		}
	}
}

func TestConditionExplained(t *testing.T) {
	photosOnly := fmt.Sprintf("(!(ActionMatches{'%s'} AND NOT SubOperationMatches{'Blob.List'})) OR (%s StringEquals 'photos')", readBlob, containerName)
	two := containerName + " StringEquals 'a' OR " + containerName + " StringLike 'b*'"
	for text, want := range map[string]string{
		photosOnly: "its condition does not hold: StringEquals " + containerName + `: have "other", want "photos"`,
		two:        "StringEquals " + containerName + `: have "other", want "a"; nor StringLike ` + containerName + `: have "other", want "b*"`,
		blobPath + " StringEquals 'x' AND Exists @Request[q]":                                                 "StringEquals " + blobPath + `: the request has no such key, want "x"`,
		"NOT " + containerName + " StringStartsWith 'oth'":                                                    "must not hold: StringStartsWith " + containerName + ` "oth"`,
		"NOT " + blobPath + " StringEquals 'x'":                                                               "Exists " + blobPath + ": the request has no such key",
		"NOT Exists " + containerName:                                                                         "NOT Exists " + containerName + ": the request has this key",
		"NOT (ActionMatches{'" + readBlob + "'} OR ActionMatches{'a/b'})":                                     "must not hold: ActionMatches action",
		"(ActionMatches{'a/b'} AND ActionMatches{'a/c'}) OR (NOT (ActionMatches{'*'} OR ActionMatches{'q'}))": `ActionMatches action: have "microsoft.storage`,
		"(ActionMatches{'a/b'} AND (Exists @Request[q] OR ActionMatches{'z'})) OR Exists @Request[r]":         "ActionMatches action: ",
	} {
		in := read(condition(t, text), Attribute{ContainerName, "other"})
		d := Decide(in)
		if d.Allowed() || len(d.Nearest) != 1 || !strings.Contains(d.Nearest[0].Text, want) || d.Nearest[0].Rule != id(10).String() {
			t.Errorf("%s:\nwant %s\n%v", text, want, d)
		}
		if !strings.Contains(d.Hint, "condition") {
			t.Errorf("a hint that says nothing of the condition: %s", d.Hint)
		}
	}
}

// TestConditionAllocations: a decision takes no more memory for more conditions that do not hold.
func TestConditionAllocations(t *testing.T) {
	few, lots := manyConditions(t, 10), manyConditions(t, 10_000)
	a := testing.AllocsPerRun(20, func() { Decide(few) })
	b := testing.AllocsPerRun(20, func() { Decide(lots) })
	t.Logf("%v allocations with 10 conditions, %v with 10,000", a, b)
	if b > a {
		t.Errorf("%v allocations with 10 conditions, %v with 10,000", a, b)
	}
}

// manyConditions is a question with n grants whose conditions do not hold, and a last one whose does.
func manyConditions(t testing.TB, n int) Input {
	t.Helper()
	in := read(nil, Attribute{ContainerName, "photos"}, Attribute{BlobPath, "a/x"})
	all := slices.Collect(in.Assignments)[0]
	list := make([]Assignment, n)
	no, yes := condition(t, strings.ReplaceAll(onlyPhotos, "'photos'", "'other'")), condition(t, onlyPhotos)
	for i := range list {
		list[i] = all
		list[i].ID, list[i].Condition = id(i), no
	}
	list[n-1].Condition = yes
	in.Assignments = slices.Values(list)
	if d := Decide(in); !d.Allowed() || d.Decisive[0].Rule != id(n-1).String() {
		t.Fatal(d)
	}
	return in
}

func TestConditionText(t *testing.T) {
	if got := condition(t, " Exists @Request[a]").String(); got != " Exists @Request[a]" {
		t.Errorf("the text came back as %q", got)
	}
	if got := (*Condition)(nil).String(); got != "" {
		t.Errorf("no condition is %q", got)
	}
}

// TestAttributeKeys: every key that doors set can be asked for by a condition, spelled as doors set it.
func TestAttributeKeys(t *testing.T) {
	set := []string{
		AccountName, ContainerName, BlobPath, BlobPrefix, BlobInclude,
		RequestRoleDefinition, RequestPrincipal, RequestPrincipalType, ResourceRoleDefinition, ResourcePrincipal, ResourcePrincipalType,
	}
	if diff := cmp.Diff(set, AttributeKeys()); diff != "" {
		t.Errorf("what doors set (-) and what is said of it (+):\n%s", diff)
	}
	for _, key := range AttributeKeys() {
		c := condition(t, "("+key+" StringEquals 'x')")
		if !Decide(read(c, Attribute{Key: key, Value: "x"})).Allowed() || Decide(read(c)).Allowed() {
			t.Errorf("%s is not what a condition asks for", key)
		}
	}
}
