package cond

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// value is one wanted value, read once for the operator's family.
type value struct {
	source   string
	template Template     // text families
	text     string       // text families without a variable, and base64 in canonical form
	constant bool         // text is all of it
	number   decimal      // numbers
	instant  time.Time    // dates
	network  netip.Prefix // addresses
	truth    bool         // booleans and Null
}

// parseValue reads the text of a wanted value as op wants it.
func parseValue(op Operator, text string, syntax Syntax) (value, error) {
	t, _ := op.traits()
	v := value{source: text}
	var err error
	switch t.family {
	case textFamily, foldFamily, prefixFamily, prefixFoldFamily:
		err = v.parseText(text, syntax)
	case globFamily:
		err = v.parsePattern(op, text, syntax)
	case numberFamily:
		v.number, err = parseDecimal(text)
	case dateFamily:
		v.instant, err = parseDate(text)
	case boolFamily, nullFamily:
		v.truth, err = parseBool(text)
	case binaryFamily:
		v.text, err = canonicalBase64(text)
	case ipFamily:
		v.network, err = parseNetwork(text)
	}
	return v, err
}

// parseText reads text in which nothing is a wildcard.
func (v *value) parseText(text string, syntax Syntax) (err error) {
	v.template, err = parseTemplate(text, syntax, glob.Plain, false)
	if err == nil && !v.template.dynamic {
		v.text, v.constant = v.template.Expand(nil)
	}
	return err
}

// parsePattern reads text in which '*' and '?' are wildcards, as the operator understands them. What comes from another
// key is plain text: whoever may choose that key's value must not choose what matches it (threat F07).
func (v *value) parsePattern(op Operator, text string, syntax Syntax) (err error) {
	var mode glob.Mode
	switch op {
	case StringLikeIgnoreCase, StringNotLikeIgnoreCase:
		mode = glob.Fold
	case ARNEquals, ARNNotEquals, ARNLike, ARNNotLike:
		mode = glob.ARN
	case SubjectLike:
		mode = glob.Subject
	default:
		mode = glob.Plain
	}
	v.template, err = parseTemplate(text, syntax, mode, syntax != Keys)
	if err == nil && mode == glob.ARN && !v.template.dynamic && !isARN(text) {
		return errors.New("not an ARN: want six parts, arn:partition:service:region:account:resource")
	}
	return err
}

// isARN tells whether s has the six parts of an ARN.
func isARN(s string) bool { return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= 5 }

// parseBool reads true or false in any case.
func parseBool(s string) (bool, error) {
	switch glob.Lower(s) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("not true or false")
}

// canonicalBase64 reads padded standard base64 and writes it in its only canonical form (RFC 4648 section 3.5).
func canonicalBase64(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", errors.New("not base64")
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

// parseNetwork reads a CIDR block or a single IPv4 address. A single IPv6 address needs its length. A block within the
// IPv4-mapped range (RFC 4291 section 2.5.5.2) is the IPv4 block it maps.
func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
		return netip.PrefixFrom(a, 32), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errors.New("not an address block: want a.b.c.d, a.b.c.d/n or IPv6/n")
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// dateLayouts are the forms of ISO 8601 that IAM documents (the W3C profile), and the basic offset that clients write.
func dateLayouts() [5]string {
	return [...]string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700", time.DateOnly}
}

var errDate = errors.New("not a date: want 2006-01-02T15:04:05Z or seconds since 1970")

// maxEpoch bounds seconds since 1970 so that they are a time (year 9999).
const maxEpoch = 253402300799

// parseDate reads a date, or seconds since 1970 with an optional fraction (IAM User Guide, "Date condition operators").
func parseDate(s string) (time.Time, error) {
	if sec, nsec, ok := parseEpoch(s); ok {
		return time.Unix(sec, nsec), nil
	}
	for _, layout := range dateLayouts() {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errDate
}

// parseEpoch reads seconds since 1970: digits, and up to nine after a point.
func parseEpoch(s string) (sec, nsec int64, ok bool) {
	whole, frac, point := strings.Cut(s, ".")
	if whole == "" || len(whole) > 12 || point && frac == "" || len(frac) > 9 || !digits(whole) || !digits(frac) {
		return 0, 0, false
	}
	for i := range len(whole) {
		sec = sec*10 + int64(whole[i]-'0')
	}
	for i := range 9 {
		nsec *= 10
		if i < len(frac) {
			nsec += int64(frac[i] - '0')
		}
	}
	return sec, nsec, sec <= maxEpoch
}

// decimal is an exact decimal number: sign, digits without leading zeros, fraction without trailing zeros.
type decimal struct {
	negative    bool
	whole, frac string
}

// maxDigits bounds a number's length.
const maxDigits = 64

// parseDecimal reads an optional sign, digits, and an optional point with digits. There is no exponent: two readers
// must not take one number for two.
func parseDecimal(s string) (decimal, error) {
	text := s
	var d decimal
	if text != "" && (text[0] == '-' || text[0] == '+') {
		d.negative = text[0] == '-'
		text = text[1:]
	}
	whole, frac, point := strings.Cut(text, ".")
	if len(s) > maxDigits || whole == "" || point && frac == "" || !digits(whole) || !digits(frac) {
		return decimal{}, errNumber
	}
	d.whole, d.frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if d.whole == "" && d.frac == "" {
		d.negative = false
	}
	return d, nil
}

// errNumber is what parseDecimal answers, so that reading a request's junk takes no memory.
var errNumber = fmt.Errorf("not a number: want at most %d digits, such as 10 or -2.5", maxDigits)

// digits tells whether s has nothing but digits.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare orders two numbers.
func (d decimal) compare(e decimal) int {
	if d.negative != e.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := cmp.Or(cmp.Compare(len(d.whole), len(e.whole)), strings.Compare(d.whole, e.whole), strings.Compare(d.frac, e.frac))
	if d.negative {
		return -c
	}
	return c
}
