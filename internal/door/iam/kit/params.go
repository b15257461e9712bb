package kit

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// BadInput means that a parameter has the right form and a value that cannot be.
const BadInput fault.Reason = "iam.invalid_input"

var (
	roleNames = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	names     = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	keyIDs    = regexp.MustCompile(`^\w{16,128}$`)
	paths     = regexp.MustCompile(`^/$|^/[\x21-\x7E]+/$`)
	prefixes  = regexp.MustCompile(`^/[\x21-\x7E]*$`)
	tagKeys   = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$`)
	tagValues = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$`)
)

// field is a parameter as constraints name it: its first letter is small.
func field(param string) string { return strings.ToLower(param[:1]) + param[1:] }

// RoleName reads the name of a role.
func (c *Call) RoleName() (string, error) { return c.nameBy("RoleName", roleNames, 64) }

// UserName reads the name of a user.
func (c *Call) UserName() (string, error) { return c.nameBy("UserName", roleNames, 64) }

// KeyID reads the id of an access key.
func (c *Call) KeyID() (string, error) {
	id := c.Form.Value("AccessKeyId")
	if !keyIDs.MatchString(id) {
		return "", query.Constraint(id, "accessKeyId", `have length 16 to 128 and satisfy regular expression pattern: [\w]+`)
	}
	c.Note("accessKeyId", id)
	return id, nil
}

// Longest is how many characters a name has at most.
type Longest int

// The longest names of users and groups.
const (
	UserNames  Longest = 64
	GroupNames Longest = 128
)

// Renamed reads the new name of something; empty where none is given.
func (c *Call) Renamed(param string, most Longest) (string, error) {
	if _, given := c.Form.Get(param); !given {
		return "", nil
	}
	if most == UserNames {
		return c.nameBy(param, roleNames, int(most))
	}
	return c.nameBy(param, names, int(most))
}

// NewPath reads the path that something is moved to; empty where none is given.
func (c *Call) NewPath() (string, error) {
	if _, given := c.Form.Get("NewPath"); !given {
		return "", nil
	}
	return c.pathBy("NewPath")
}

// Name reads the name of a policy, group or instance profile.
func (c *Call) Name(param string) (string, error) { return c.nameBy(param, names, 128) }

func (c *Call) nameBy(param string, pattern *regexp.Regexp, most int) (string, error) {
	text := c.Form.Value(param)
	if !pattern.MatchString(text) {
		return "", query.Constraint(text, field(param), `have length 1 to `+strconv.Itoa(most)+` and satisfy regular expression pattern: [\w+=,.@-]+`)
	}
	c.Note(field(param), text)
	return text, nil
}

// Path reads the path under which something is made; "/" where none is given.
func (c *Call) Path() (string, error) { return c.pathBy("Path") }

func (c *Call) pathBy(param string) (string, error) {
	text := cmp.Or(c.Form.Value(param), "/")
	if len(text) > 512 || !paths.MatchString(text) {
		return "", query.Constraint(text, field(param), `have length 1 to 512 and satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`)
	}
	return text, nil
}

// PathPrefix reads the path that a list is limited to; "/" where none is given.
func (c *Call) PathPrefix() (string, error) {
	text := cmp.Or(c.Form.Value("PathPrefix"), "/")
	if len(text) > 512 || !prefixes.MatchString(text) {
		return "", query.Constraint(text, "pathPrefix", `have length 1 to 512 and satisfy regular expression pattern: \u002F[\u0021-\u007E]*`)
	}
	return text, nil
}

// Text reads a free text of at most so many characters.
func (c *Call) Text(param string, most int) (string, error) {
	text := c.Form.Value(param)
	if utf8.RuneCountInString(text) > most {
		return "", query.Constraint(text, field(param), "have length less than or equal to "+strconv.Itoa(most))
	}
	return text, nil
}

// Document reads a policy document that must be there. Whether it is one is for the directory to say.
func (c *Call) Document(param string) (string, error) {
	text := c.Form.Value(param)
	if text == "" {
		return "", query.Constraint(text, field(param), "have length greater than or equal to 1")
	}
	for _, r := range text { // IAM API Reference: policyDocumentType
		if r > 0xff || r < 0x20 && r != '\t' && r != '\n' && r != '\r' {
			return "", query.Constraint("...", field(param), `satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`)
		}
	}
	return c.Text(param, 131072)
}

// Choice reads one of several words; the first stands where none is given.
func (c *Call) Choice(param string, words ...string) (string, error) {
	text := cmp.Or(c.Form.Value(param), words[0])
	if slices.Contains(words, text) {
		return text, nil
	}
	return "", query.Constraint(text, field(param), "satisfy enum value set: ["+strings.Join(words, ", ")+"]")
}

// OneOf reads one of several words that must be there.
func (c *Call) OneOf(param string, words ...string) (string, error) {
	if _, given := c.Form.Get(param); !given {
		return "", query.Constraint("null", field(param), "not be null")
	}
	return c.Choice(param, words...)
}

// Flag reads true or false; false where none is given.
func (c *Call) Flag(param string) (bool, error) {
	text, err := c.Choice(param, "false", "true")
	return text == "true", err
}

// Named reads an ARN of IAM's whose last part begins with kind and a slash. One of another account, or of AWS's own, is
// well formed and never found.
func (c *Call) Named(param, kind string) (name.ARN, string, error) {
	text := c.Form.Value(param)
	if len(text) < 20 || len(text) > 2048 {
		return name.ARN{}, "", query.Constraint(text, field(param), "have length 20 to 2048")
	}
	c.Note(field(param), text)
	if strings.HasPrefix(text, "arn:aws:iam::aws:"+kind+"/") {
		return name.ARN{}, text, nil
	}
	arn, err := name.ParseARN(text)
	if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), kind+"/") || arn.Account().IsZero() {
		return name.ARN{}, "", fault.New(fault.Invalid, BadInput, "ARN %s is not valid.", query.Bounded(text))
	}
	if arn.Account() != c.Account() {
		return name.ARN{}, text, nil
	}
	return arn, text, nil
}

// Boundary reads the policy that is to be a permissions boundary. Whether it exists is for the directory to say, unless it is
// somebody else's.
func (c *Call) Boundary() (name.ARN, error) {
	arn, text, err := c.Named("PermissionsBoundary", "policy")
	if err == nil && arn.IsZero() {
		err = fault.New(fault.NotFound, directory.PolicyNotFound, "Scope ARN: %s does not exist or is not attachable.%s", query.Bounded(text), noneOfAWS(text))
	}
	return arn, err
}

// NotAttachable is the refusal to attach a policy of somebody else's.
func (c *Call) NotAttachable() error {
	text := c.Form.Value("PolicyArn")
	return fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s does not exist or is not attachable.%s", query.Bounded(text), noneOfAWS(text))
}

// NoSuchPolicy is the refusal to show or change a managed policy that does not exist.
func NoSuchPolicy(arn string) error {
	return fault.New(fault.NotFound, directory.PolicyNotFound, "Policy %s was not found.%s", query.Bounded(arn), noneOfAWS(arn))
}

// noneOfAWS tells who asks for a policy that AWS manages why it is not there, and what is.
func noneOfAWS(arn string) string {
	if !strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") {
		return ""
	}
	return " There are no AWS managed policies here: create a policy of your own and name its ARN."
}

// NewTags reads the list Tags. Keys differ in more than case (IAM User Guide, "Tagging IAM resources").
func (c *Call) NewTags() (view.Tags, error) {
	list, err := c.Form.Structs("Tags", 50)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	tags, seen := view.Tags{}, map[string]bool{}
	for _, t := range list {
		key, value := t.Value("Key"), t.Value("Value")
		if !tagKeys.MatchString(key) {
			return nil, query.Constraint(key, "tags.member.key", `have length 1 to 128 and satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`)
		}
		if !tagValues.MatchString(value) {
			return nil, query.Constraint(value, "tags.member.value", `have length 0 to 256 and satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
		}
		switch folded := glob.Lower(key); {
		case strings.HasPrefix(folded, "aws:"):
			return nil, fault.New(fault.Invalid, BadInput, "Tag keys that begin with aws: are reserved.")
		case seen[folded]:
			return nil, fault.New(fault.Invalid, BadInput, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		default:
			seen[folded], tags[key] = true, value
		}
	}
	return tags, nil
}

// TagKeys reads the list TagKeys of an untagging.
func (c *Call) TagKeys() ([]string, error) {
	list, err := c.Form.List("TagKeys", 50)
	if err == nil && len(list) == 0 {
		err = query.Constraint("", "tagKeys", "not be null")
	}
	return list, err
}

// Retagged gives labels with others put in. A key that differs in case only is the same.
func Retagged(have, more view.Tags) view.Tags {
	out := view.Tags{}
	for k, v := range have {
		if !holds(more, k) {
			out[k] = v
		}
	}
	maps.Copy(out, more)
	return out
}

// Untagged gives labels without those of the keys, whatever their case.
func Untagged(have view.Tags, keys []string) view.Tags {
	gone := view.Tags{}
	for _, k := range keys {
		gone[k] = ""
	}
	out := Retagged(have, gone)
	for k := range gone {
		delete(out, k)
	}
	return out
}

func holds(tags view.Tags, key string) bool {
	for k := range tags {
		if glob.Lower(k) == glob.Lower(key) { // as conditions fold: what they saw named is what is changed
			return true
		}
	}
	return false
}
