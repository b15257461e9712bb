package wire

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
)

// BadTag means that a set of tags is too large, or has a tag that cannot be one.
const BadTag fault.Reason = "s3.bad_tag"

// Bounds of sets of tags (S3 User Guide, "Categorizing your storage using tags").
const (
	MaxObjectTags = 10
	MaxBucketTags = 50
)

// ParseTagging reads the body of PutObjectTagging and PutBucketTagging.
func ParseTagging(text []byte, most int) (map[string]string, error) {
	root, err := parse(text, "Tagging")
	if err != nil {
		return nil, err
	}
	if len(root.children) != 1 || root.children[0].name != "TagSet" {
		return nil, malformed(errors.New("not one TagSet"))
	}
	list, err := root.children[0].list("Tag")
	if err != nil {
		return nil, err
	}
	tags := newTags(most)
	for _, e := range list {
		f, err := e.fields("Key", "Value")
		if err != nil {
			return nil, err
		}
		if err := tags.add(f["Key"], f["Value"]); err != nil {
			return nil, err
		}
	}
	return tags.all, nil
}

// ParseTagHeader reads the header x-amz-tagging, which is a query.
func ParseTagHeader(text string) (map[string]string, error) {
	tags := newTags(MaxObjectTags)
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return nil, badTag("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters")
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, badTag("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters")
		}
		if err := tags.add(key, value); err != nil {
			return nil, err
		}
	}
	return tags.all, nil
}

// tagSet is a set of tags being read.
type tagSet struct {
	all    map[string]string
	folded map[string]bool
	most   int
}

func newTags(most int) tagSet { return tagSet{map[string]string{}, map[string]bool{}, most} }

// add takes one more tag. Policies ask for a tag by a key whose case does not count, so two that differ in nothing else
// could pass for each other.
func (s tagSet) add(key, value string) error {
	switch {
	case key == "" || utf8.RuneCountInString(key) > 128 || strings.ContainsFunc(key, odd) || !utf8.ValidString(key):
		return badTag("The TagKey you have provided is invalid")
	case utf8.RuneCountInString(value) > 256 || strings.ContainsFunc(value, odd) || !utf8.ValidString(value):
		return badTag("The TagValue you have provided is invalid")
	case strings.HasPrefix(glob.Lower(key), "aws:"):
		return badTag("System tags cannot be added/updated by requester")
	case s.folded[glob.Lower(key)]:
		return badTag("Cannot provide multiple Tags with the same key")
	case len(s.all) == s.most:
		return badTag("The set of tags has too many")
	}
	s.all[key], s.folded[glob.Lower(key)] = value, true
	return nil
}

// odd tells the characters that tags do not have (letters, digits, spaces and + - = . _ : / @ they have).
func odd(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" +-=._:/@", r)
}

func badTag(text string) error { return fault.New(fault.Invalid, BadTag, "%s", text) }

// Tagging is the document of a set of tags, in the order of their keys.
func Tagging(tags map[string]string) *awswire.XML {
	x := awswire.NewDocument("Tagging", awswire.S3Namespace)
	x.Begin("TagSet")
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		x.Begin("Tag")
		x.Text("Key", k)
		x.Text("Value", tags[k])
		x.End()
	}
	x.End()
	return x
}

// Ownership writes who owns a bucket's objects: its owner owns every one.
func Ownership(x *awswire.XML) {
	x.Begin("Rule")
	x.Text("ObjectOwnership", "BucketOwnerEnforced")
	x.End()
}
