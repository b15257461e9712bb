package form

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

var (
	houseNames      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._ -]{0,62}[A-Za-z0-9]$|^[A-Za-z0-9]$`)
	groupNames      = regexp.MustCompile(`^[\pL\pN_().-]{0,89}[\pL\pN_()-]$`)
	resourceNames   = regexp.MustCompile(`^[^<>*%&:\\?/#"\pC\pZ](?:[^<>*%&:\\?/#"\pC]{0,258}[^<>*%&:\\?/#"\pC\pZ.])?$`)
	typeNames       = regexp.MustCompile(`^[A-Za-z0-9]+(\.[A-Za-z0-9]+)+(/[A-Za-z0-9]+)+$`)
	identityNames   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$`)
	storageNames    = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	vaultNames      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$`)
	containerNames  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9]|-[a-z0-9])*$`) // and 3 to 63 long
	metadataNames   = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)                // in lower case: case does not count
	secretNames     = regexp.MustCompile(`^[A-Za-z0-9-]{1,127}$`)
	credentialNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$`)
)

// check says whether s keeps a rule; want describes the rule to people.
func check(keeps bool, what, s, want string) error {
	if keeps {
		return nil
	}
	return fmt.Errorf("%q is not a name for %s: want %s", Shown(s), what, want)
}

// Shown cuts what an error repeats.
func Shown(s string) string {
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

// House checks the name of a tenant, a subscription or an AWS account.
func House(what, s string) error {
	return check(houseNames.MatchString(s), what, s, "1 to 64 letters, digits, dots, dashes, underscores or spaces")
}

// Group checks the name of a resource group.
func Group(s string) error {
	return check(groupNames.MatchString(s), "a resource group", s,
		"1 to 90 letters, digits, underscores, parentheses, dashes and dots, no dot at the end")
}

// Type checks the form of a resource type.
func Type(typ string) error {
	return check(typeNames.MatchString(typ), "a resource type", typ, "Namespace.Name/type")
}

// Plain refuses the types that are not made as plain resources, so that nothing exists in two forms.
func Plain(typ string) error {
	folded := strings.ToLower(typ)
	for _, own := range []string{
		"microsoft.managedidentity/", "microsoft.authorization/", "microsoft.resources/",
		strings.ToLower(view.TypeStorageAccount) + "/", strings.ToLower(view.TypeKeyVault) + "/",
	} {
		if strings.HasPrefix(folded, own) {
			return fmt.Errorf("%s is not made as a plain resource: it has a kind of its own, or none here", Shown(typ))
		}
	}
	return nil
}

// Resource checks the name of a resource by its type.
func Resource(id name.ResourceID) error {
	n := id.Name()
	switch {
	case id.IsType(view.TypeStorageAccount):
		return check(storageNames.MatchString(n), "a storage account", n, "3 to 24 lower-case letters and digits")
	case id.IsType(view.TypeKeyVault):
		return check(vaultNames.MatchString(n), "a key vault", n, "3 to 24 letters, digits and dashes, a letter first, no dash last")
	case id.IsType(view.TypeUserIdentity):
		return check(identityNames.MatchString(n), "an identity", n,
			"3 to 128 letters, digits, dashes and underscores, a letter or digit first")
	}
	return check(resourceNames.MatchString(n), "a resource", n,
		`1 to 260 characters without <>*%&:\?/#", control characters, a space at an end or a dot at the end`)
}

// Container checks the name of a blob container.
func Container(s string) error {
	return check(len(s) >= 3 && len(s) <= 63 && containerNames.MatchString(s), "a container", s,
		"3 to 63 lower-case letters, digits and single dashes between them")
}

// maxMetadata bounds a container's metadata in bytes, names and values.
const maxMetadata = 8 << 10

// Metadata checks what its owner says of a container: names that can be headers and elements of XML, and values that can be
// headers (Naming and referencing containers, blobs, and metadata; RFC 9110 section 5.5).
func Metadata(metadata map[string]string) error {
	size := 0
	for called, value := range metadata {
		size += len(called) + len(value)
		if !metadataNames.MatchString(called) {
			return fmt.Errorf("%q is no name for metadata: a letter or underscore, then letters, digits and underscores", Shown(called))
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("the value of the metadata %q has a character that a header cannot have", Shown(called))
		}
	}
	if size > maxMetadata {
		return fmt.Errorf("the metadata is longer than %d bytes", maxMetadata)
	}
	return nil
}

// Secret checks the name of a key vault's secret.
func Secret(s string) error {
	return check(secretNames.MatchString(s), "a secret", s, "1 to 127 letters, digits and dashes")
}

// CredentialName checks the name of a federated credential.
func CredentialName(s string) error {
	return check(credentialNames.MatchString(s), "a federated credential", s,
		"3 to 120 letters, digits, dashes and underscores, a letter or digit first")
}
