package claims

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says where and why a text is not an expression.
type SyntaxError struct {
	Position int // in bytes, the first is 1
	Reason   string
}

// Error is for whoever wrote the expression.
func (e *SyntaxError) Error() string { return fmt.Sprintf("position %d: %s", e.Position, e.Reason) }

// Compile reads an expression of Entra's flexible language, version 1:
//
//	claims['NAME'] OP COMPARAND [and claims['NAME'] OP COMPARAND ...]
//
// OP is eq or matches, with a single space on each side. The comparand stands in single quotes, a quote inside it
// doubled; without spaces and quotes it may also stand bare. In matches, '*' stands for any run of characters and '?'
// for one. The error is a *SyntaxError.
func Compile(text string) (*Expression, error) {
	p := parser{text: text}
	if len(text) > MaxExpression {
		return nil, p.fail("the expression is longer than %d bytes", MaxExpression)
	}
	if !utf8.ValidString(text) {
		return nil, p.fail("the expression is not UTF-8")
	}
	e := &Expression{}
	for {
		c, err := p.clause()
		if err != nil {
			return nil, err
		}
		if e.clauses = append(e.clauses, c); p.rest() == "" {
			return e, nil
		}
		if len(e.clauses) == MaxClauses {
			return nil, p.fail("more than %d comparisons", MaxClauses)
		}
		if !p.take(" and ") {
			return nil, p.fail(`want " and " or the end after a comparison`)
		}
	}
}

// parser reads text from left to right.
type parser struct {
	text string
	at   int
}

func (p *parser) rest() string { return p.text[p.at:] }

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{Position: p.at + 1, Reason: fmt.Sprintf(format, args...)}
}

// take moves over token if that comes next.
func (p *parser) take(token string) bool {
	if !strings.HasPrefix(p.rest(), token) {
		return false
	}
	p.at += len(token)
	return true
}

func (p *parser) clause() (clause, error) {
	claim, err := p.claim()
	if err != nil {
		return clause{}, err
	}
	var op kind
	switch {
	case p.take(" eq "):
		op = exact
	case p.take(" matches "):
		op = flexible
	default:
		return clause{}, p.fail(`want " eq " or " matches ", with single spaces`)
	}
	start := p.at
	comparand, err := p.comparand()
	if err != nil {
		return clause{}, err
	}
	pattern, err := compile(op, comparand)
	if err != nil {
		p.at = start
		return clause{}, p.fail("%v", err)
	}
	return clause{claim: claim, pattern: pattern}, nil
}

// claim reads claims['NAME'].
func (p *parser) claim() (string, error) {
	if !p.take("claims['") {
		return "", p.fail("want claims['NAME']")
	}
	length := strings.IndexByte(p.rest(), '\'')
	switch {
	case length < 0:
		return "", p.fail("the claim's name has no closing quote")
	case length == 0 || length > MaxClaimName:
		return "", p.fail("a claim's name has 1 to %d bytes", MaxClaimName)
	}
	claim := p.rest()[:length]
	if strings.ContainsFunc(claim, isControl) {
		return "", p.fail("the claim's name has a control character")
	}
	p.at += length
	if !p.take("']") {
		return "", p.fail("want '] after the claim's name")
	}
	return claim, nil
}

// comparand reads a quoted or a bare comparand.
func (p *parser) comparand() (string, error) {
	if p.take("'") {
		return p.quoted()
	}
	bare, _, _ := strings.Cut(p.rest(), " ")
	switch {
	case bare == "":
		return "", p.fail("want a comparand")
	case strings.Contains(bare, "'"):
		return "", p.fail("a comparand with a quote in it must stand in quotes")
	}
	p.at += len(bare)
	return bare, nil
}

// quoted reads up to the closing quote; two quotes are one of the text.
func (p *parser) quoted() (string, error) {
	start := p.at - 1
	var b strings.Builder
	for {
		before, _, found := strings.Cut(p.rest(), "'")
		if !found {
			p.at = start
			return "", p.fail("the comparand has no closing quote")
		}
		b.WriteString(before)
		p.at += len(before) + 1
		if !p.take("'") {
			return b.String(), nil
		}
		b.WriteByte('\'')
	}
}
