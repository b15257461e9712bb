package iampolicy_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// The second evaluator: it reads the JSON of the documents, tries everything, remembers nothing, and shares no code with
// the engine. Where the two differ, one of them is wrong about the rules.

type object = map[string]any

// spec answers a request.
func spec(in iampolicy.Input) reason.Outcome {
	who := in.Principal
	atHome := who.Account.String() != ""
	var boundary, resource []iampolicy.Named
	if in.Boundary != nil {
		boundary = []iampolicy.Named{*in.Boundary}
	}
	if in.ResourcePolicy != nil {
		resource = []iampolicy.Named{*in.ResourcePolicy}
	}
	scps := in.SCPs
	if !atHome || who.ServiceLinked {
		scps = nil
	}

	// 1. An explicit deny anywhere.
	lists := [][]iampolicy.Named{in.Identity, boundary, in.Session, resource}
	for _, level := range append(append([]iampolicy.Level{}, scps...), in.RCPs...) {
		lists = append(lists, level)
	}
	for _, list := range lists {
		if specBest(in, list, "Deny") > 0 {
			return reason.ExplicitDeny
		}
	}

	// 2. and 3. Every level of both organizations.
	for _, level := range append(append([]iampolicy.Level{}, scps...), in.RCPs...) {
		if specBest(in, level, "Allow") == 0 {
			return reason.ImplicitDeny
		}
	}

	identityOK := specBest(in, in.Identity, "Allow") > 0 || who.Type == iampolicy.Root
	boundaryOK := in.Boundary == nil || specBest(in, boundary, "Allow") > 0
	sessionOK := specBest(in, in.Session, "Allow") > 0
	if len(in.Session) == 0 {
		sessionOK = who.Type != iampolicy.FederatedUser
	}
	granted := specBest(in, resource, "Allow") // 0 nothing, 1 by account, 2 by role, 3 directly

	ok := false
	switch {
	case !atHome:
		ok = granted > 0
	case who.Account.String() != in.ResourceAccount.String():
		ok = granted > 0 && identityOK && boundaryOK && sessionOK
	case granted == 3:
		ok = true
	case granted == 2:
		ok = boundaryOK && sessionOK
	case granted == 1, !in.TrustPolicy:
		ok = identityOK && boundaryOK && sessionOK
	}
	if ok {
		return reason.Allow
	}
	return reason.ImplicitDeny
}

// specBest gives how closely the matching statements of this effect name the caller; 3 where statements name nobody, 0
// if none matches.
func specBest(in iampolicy.Input, list []iampolicy.Named, effect string) int {
	best := 0
	for _, n := range list {
		var doc object
		d := json.NewDecoder(bytes.NewReader(n.Policy.Source()))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			panic(err)
		}
		for _, s := range many(doc["Statement"]) {
			s := s.(object)
			if s["Effect"] == effect && specStatement(in, s, doc["Version"] == "2012-10-17") {
				best = max(best, specNames(in, s))
			}
		}
	}
	return best
}

// many gives a list as it is, and anything else as a list of one.
func many(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func specStatement(in iampolicy.Input, s object, variables bool) bool {
	if specNames(in, s) == 0 {
		return false
	}
	action := func(list any) bool {
		for _, a := range many(list) {
			if specMatch(strings.ToLower(a.(string)), strings.ToLower(in.Action), false, false, in) {
				return true
			}
		}
		return false
	}
	if list, ok := s["Action"]; ok && !action(list) {
		return false
	}
	if list, ok := s["NotAction"]; ok && action(list) {
		return false
	}
	covers := func(list any) bool {
		for _, r := range many(list) {
			if specMatch(r.(string), in.Resource, r != "*", variables, in) {
				return true
			}
		}
		return false
	}
	if list, ok := s["Resource"]; ok && !covers(list) {
		return false
	}
	if list, ok := s["NotResource"]; ok {
		if covers(list) {
			return false
		}
		for _, r := range many(list) {
			if _, known := specTokens(r.(string), variables, true, in); !known && s["Effect"] == "Allow" {
				return false
			}
		}
	}
	block, _ := s["Condition"].(object)
	for operator, keys := range block {
		for key, values := range keys.(object) {
			if !specTest(in, operator, key, many(values), variables) {
				return false
			}
		}
	}
	return true
}

// specNames gives how closely the statement names the caller: 3 directly, 2 by role, 1 by account.
func specNames(in iampolicy.Input, s object) int {
	who := in.Principal
	if not, ok := s["NotPrincipal"]; ok {
		found := map[int]bool{}
		for _, p := range specPrincipals(not) {
			if p[1] == "*" {
				return 0
			}
			found[specNamesOne(who, p[0], p[1])] = true
		}
		var exempt bool
		switch who.Type {
		case iampolicy.Root:
			exempt = found[1]
		case iampolicy.User:
			exempt = found[1] && found[3]
		case iampolicy.AssumedRole, iampolicy.FederatedUser:
			exempt = found[1] && found[2] && found[3]
		default:
			exempt = found[3]
		}
		if exempt {
			return 0
		}
		return 3
	}
	yes, ok := s["Principal"]
	if !ok {
		return 3
	}
	best := 0
	for _, p := range specPrincipals(yes) {
		if p[1] == "*" && in.TrustPolicy && s["Effect"] == "Allow" && (who.Type == iampolicy.WebIdentity || who.Type == iampolicy.Service) {
			continue
		}
		best = max(best, specNamesOne(who, p[0], p[1]))
	}
	return best
}

func specPrincipals(v any) (list [][2]string) {
	kinds, ok := v.(object)
	if !ok {
		return [][2]string{{"*", "*"}}
	}
	for kind, values := range kinds {
		for _, value := range many(values) {
			list = append(list, [2]string{kind, value.(string)})
		}
	}
	return list
}

func specNamesOne(who iampolicy.Principal, kind, value string) int {
	acct := who.Account.String()
	behind := who.PrincipalARN.String()
	switch {
	case value == "*":
		return 3
	case kind == "Service":
		return map[bool]int{true: 3}[who.Type == iampolicy.Service && value == who.Service]
	case kind == "Federated":
		return map[bool]int{true: 3}[who.Type == iampolicy.WebIdentity && value == who.Federated]
	case acct == "":
		return 0
	case value == acct || value == "arn:aws:iam::"+acct+":root":
		return 1
	case value == who.UniqueID && who.Type == iampolicy.User:
		return 3
	case value == who.UniqueID || value == behind:
		return 2
	case value == who.ARN.String():
		return 3
	}
	return 0
}

// token is one character or one wildcard.
type token struct {
	text string
	wild bool
}

var (
	specPlain    = regexp.MustCompile(`^\$\{([*?$])\}`)
	specVariable = regexp.MustCompile(`^\$\{ *([^,}]*?) *(, *'([^']*)' *)?\}`)
)

// specLower puts ASCII letters into lower case.
func specLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= 'Z' {
			return unicode.ToLower(r)
		}
		return r
	}, s)
}

// specTokens reads a pattern; known is false if a variable has no value.
func specTokens(pattern string, variables, wild bool, in iampolicy.Input) (list []token, known bool) {
	plain := func(s string) {
		for _, r := range s {
			list = append(list, token{text: string(r)})
		}
	}
	for pattern != "" {
		if plainCharacter := specPlain.FindStringSubmatch(pattern); variables && plainCharacter != nil {
			plain(plainCharacter[1])
			pattern = pattern[len(plainCharacter[0]):]
			continue
		}
		if v := specVariable.FindStringSubmatch(pattern); variables && v != nil {
			pattern = pattern[len(v[0]):]
			values := specLookup(in, v[1])
			switch {
			case len(values) == 1:
				plain(values[0])
			case v[2] != "":
				plain(v[3])
			default:
				return nil, false
			}
			continue
		}
		r := []rune(pattern)[0]
		pattern = pattern[len(string(r)):]
		list = append(list, token{string(r), wild && (r == '*' || r == '?')})
	}
	return list, true
}

// specMatch matches text with a pattern; for an ARN the first five colons of both must meet and are not crossed.
func specMatch(pattern, text string, arn, variables bool, in iampolicy.Input) bool {
	tokens, known := specTokens(pattern, variables, true, in)
	return known && specRest(tokens, []rune(text), arn, 0)
}

func specRest(pattern []token, text []rune, arn bool, colons int) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	p := pattern[0]
	if p.wild && p.text == "*" && specRest(pattern[1:], text, arn, colons) {
		return true
	}
	if len(text) == 0 {
		return false
	}
	wall := arn && colons < 5 && text[0] == ':'
	if p.wild {
		if wall {
			return false
		}
		if p.text == "?" {
			pattern = pattern[1:]
		}
		return specRest(pattern, text[1:], arn, colons)
	}
	if wall {
		colons++
	}
	return p.text == string(text[0]) && specRest(pattern[1:], text[1:], arn, colons)
}

// specLookup gives the values of a key.
func specLookup(in iampolicy.Input, key string) []string {
	some := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	who := in.Principal
	switch specLower(key) {
	case "aws:principalarn":
		if who.Type == iampolicy.AssumedRole {
			return some(who.PrincipalARN.String())
		}
		return some(who.ARN.String())
	case "aws:principalaccount":
		return some(who.Account.String())
	case "aws:principaltype":
		return some(who.Type.String())
	case "aws:userid":
		return some(who.UserID)
	case "aws:username":
		return some(who.Username)
	case "aws:federatedprovider":
		return some(who.Federated)
	case "aws:principalisawsservice":
		if who.Type == iampolicy.Service {
			return some("true")
		}
		return some("false")
	case "aws:principalservicename":
		return some(who.Service)
	case "aws:resourceaccount":
		return some(in.ResourceAccount.String())
	}
	if in.Context == nil {
		return nil
	}
	values, _ := in.Context.Lookup(specLower(key))
	return values
}

func specTest(in iampolicy.Input, operator, key string, values []any, variables bool) bool {
	have := specLookup(in, key)
	if operator == "Null" {
		for _, v := range values {
			if (len(have) == 0) == (specText(v) == "true") {
				return true
			}
		}
		return false
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	operator, forAny := strings.CutPrefix(operator, "ForAnyValue:")
	operator, forAll := strings.CutPrefix(operator, "ForAllValues:")
	positive := strings.Replace(strings.TrimPrefix(operator, "Not"), "Not", "", 1)
	negated := positive != operator
	inside := func(h string) bool {
		for _, v := range values {
			if specCompare(in, positive, h, specText(v), variables) {
				return true
			}
		}
		return false
	}
	matched, all := false, true
	for _, h := range have {
		matched = matched || inside(h) != (negated && forAny)
		all = all && inside(h) != negated
	}
	switch {
	case len(have) == 0 && ifExists:
		return true
	case forAll:
		return all
	case forAny:
		return matched
	case len(have) == 0:
		return negated
	}
	return matched != negated
}

func specText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return map[bool]string{true: "true", false: "false"}[v]
	}
	panic("not a value")
}

// specCompare compares one value of the request with one wanted value, by a positive operator.
func specCompare(in iampolicy.Input, operator, have, want string, variables bool) bool {
	family := ""
	for _, f := range []string{"Numeric", "Date"} {
		if rest, ok := strings.CutPrefix(operator, f); ok {
			operator, family = rest, f
		}
	}
	switch family {
	case "Numeric":
		a, okA := new(big.Rat).SetString(have)
		b, okB := new(big.Rat).SetString(want)
		return okA && okB && specOrder(operator, a.Cmp(b))
	case "Date":
		a, okA := specDate(have)
		b, okB := specDate(want)
		return okA && okB && specOrder(operator, a.Compare(b))
	}
	switch operator {
	case "StringEquals", "StringEqualsIgnoreCase":
		tokens, known := specTokens(want, variables, false, in)
		text := ""
		for _, t := range tokens {
			text += t.text
		}
		return known && (have == text || operator == "StringEqualsIgnoreCase" && strings.EqualFold(have, text))
	case "StringLike":
		return specMatch(want, have, false, variables, in)
	case "ArnEquals", "ArnLike":
		return specMatch(want, have, true, variables, in)
	case "Bool":
		return strings.EqualFold(have, want)
	case "BinaryEquals":
		a, errA := base64.StdEncoding.DecodeString(have)
		b, errB := base64.StdEncoding.DecodeString(want)
		return errA == nil && errB == nil && bytes.Equal(a, b)
	case "IpAddress":
		return specInside(have, want)
	}
	panic("operator " + operator)
}

func specOrder(operator string, c int) bool {
	switch operator {
	case "Equals":
		return c == 0
	case "LessThan":
		return c < 0
	case "LessThanEquals":
		return c <= 0
	case "GreaterThan":
		return c > 0
	case "GreaterThanEquals":
		return c >= 0
	}
	panic("order " + operator)
}

func specDate(s string) (time.Time, bool) {
	if specEpoch.MatchString(s) {
		n, _ := new(big.Rat).SetString(s)
		nano := n.Mul(n, big.NewRat(1e9, 1)).Num()
		sec, rest := new(big.Int).DivMod(nano, big.NewInt(1e9), new(big.Int))
		return time.Unix(sec.Int64(), rest.Int64()), true
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

var specEpoch = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,9})?$`)

// specInside compares addresses bit by bit, as IPv6; IPv4 is only in blocks of IPv4.
func specInside(have, want string) bool {
	addr, bits, hasBits := strings.Cut(want, "/")
	block := netip.MustParseAddr(addr)
	n, _ := strconv.Atoi(bits)
	if block.Is4() && !hasBits {
		n = 32
	}
	if block.Is4() {
		n += 96
	}
	a, err := netip.ParseAddr(have)
	if err != nil || (a.Is4() || a.Is4In6()) && (n < 96 || !block.Unmap().Is4()) {
		return false
	}
	x, y := a.As16(), block.As16()
	for i := range n {
		if (x[i/8]^y[i/8])>>(7-i%8)&1 != 0 {
			return false
		}
	}
	return true
}
