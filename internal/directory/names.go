package directory

import (
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/view"
)

// The rules for names, from Azure's "Naming rules and restrictions for Azure resources" and the limits in the IAM and S3
// references.
var (
	houseNames     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,62}[A-Za-z0-9]$|^[A-Za-z0-9]$`)
	groupNames     = regexp.MustCompile(`^[\pL\pN_().-]{0,89}[\pL\pN_()-]$`)
	resourceNames  = regexp.MustCompile(`^[^<>*%&:\\?/#"\pC\pZ](?:[^<>*%&:\\?/#"\pC]{0,258}[^<>*%&:\\?/#"\pC\pZ.])?$`)
	typeNames      = regexp.MustCompile(`^[A-Za-z0-9]+(\.[A-Za-z0-9]+)+(/[A-Za-z0-9]+)+$`)
	identityNames  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$`)
	storageNames   = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	vaultNames     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$`)
	containerNames = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9]|-[a-z0-9])*$`) // and 3 to 63 long
	credentials    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$`)
	bucketNames    = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*[a-z0-9]$`)
	dottedNumbers  = regexp.MustCompile(`^[0-9]+(\.[0-9]+){3}$`)
	roleNames      = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	policyNames    = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	paths          = regexp.MustCompile(`^/$|^/[\x21-\x7E]+/$`)
)

// checkName says whether s keeps a rule; the texts describe the rule to people.
func checkName(rule *regexp.Regexp, what, s, want string) error {
	if rule.MatchString(s) {
		return nil
	}
	return invalid(InvalidName, "%q is not a name for %s: want %s", shown(s), what, want)
}

// shown cuts what an error repeats.
func shown(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	for i := most; ; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i] + "..."
		}
	}
}

func checkHouseName(what, s string) error {
	return checkName(houseNames, what, s, "1 to 64 letters, digits, dots, dashes, underscores or spaces")
}

// checkBucketName keeps the rules of S3 ("Bucket naming rules").
func checkBucketName(s string) error {
	switch {
	case len(s) < 3 || len(s) > 63 || !bucketNames.MatchString(s),
		dottedNumbers.MatchString(s), strings.Contains(s, ".."), strings.Contains(s, ".-"), strings.Contains(s, "-."),
		strings.HasPrefix(s, "xn--"), strings.HasPrefix(s, "sthree-"), strings.HasPrefix(s, "amzn-s3-demo-"),
		strings.HasSuffix(s, "-s3alias"), strings.HasSuffix(s, "--ol-s3"):
		return invalid(InvalidName, "%q is not a name for a bucket: want 3 to 63 lower-case letters, digits, dashes and "+
			"single dots, not the form of an address, and none of the prefixes and suffixes that S3 reserves", shown(s))
	}
	return nil
}

// checkTags bounds labels as ARM and IAM do.
func checkTags(tags view.Tags) error {
	if len(tags) > 50 {
		return invalid(LimitExceeded, "a thing has at most 50 tags, not %d", len(tags))
	}
	for k, v := range tags {
		if k == "" || utf8.RuneCountInString(k) > 512 || utf8.RuneCountInString(v) > 256 {
			return invalid(InvalidValue, "the tag %q is empty, or its key has more than 512 or its value more than 256 characters", shown(k))
		}
	}
	return nil
}

// checkLocation bounds a free text that Lanyard only repeats.
func checkLocation(s string) error {
	if utf8.RuneCountInString(s) > 90 {
		return invalid(InvalidValue, "a location has at most 90 characters")
	}
	return nil
}

// minLifetime is the shortest maxLifetime: below it a token is over before it can be used.
const minLifetime = 2

// checkLifetime checks a maxLifetime in seconds; 0 is "no bound of its own".
func checkLifetime(seconds int) error {
	if seconds != 0 && seconds < minLifetime {
		return invalid(InvalidValue, "maxLifetime is %d s, the shortest is %d s", seconds, minLifetime)
	}
	return nil
}

// uniqueID makes an id of AWS's form that is never used again: a prefix and 17 characters of base 32 (IAM User Guide,
// "Unique identifiers").
func uniqueID(prefix string) string {
	var b [11]byte // 88 bits give 18 characters
	_, _ = rand.Read(b[:])
	return prefix + base32.StdEncoding.EncodeToString(b[:])[:17]
}
