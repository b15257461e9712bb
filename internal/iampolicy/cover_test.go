package iampolicy

import (
	"slices"
	"testing"
)

func TestCovers(t *testing.T) {
	first := func(doc string) *Statement {
		p, err := Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+doc+`}]}`), Identity)
		if err != nil {
			t.Fatal(err)
		}
		return &p.statements[0]
	}
	wide, narrow := first(`"Action":"s3:*","Resource":"arn:aws:s3:::b/*"`), first(`"Action":"s3:Get*","Resource":"arn:aws:s3:::b/x*"`)
	if !wide.Covers(narrow) || narrow.Covers(wide) || !narrow.Covers(narrow) {
		t.Error("a statement does not cover what lies in it, or covers more")
	}
	for _, other := range []string{
		`"Action":"s3:Get*","Resource":"arn:aws:s3:::b?/x"`, `"Action":"s?:GetObject","Resource":"arn:aws:s3:::b/x"`,
		`"Action":"s3:GetObject","Resource":["arn:aws:s3:::b/x","arn:aws:s3:::c/x"]`, `"NotAction":"iam:*","Resource":"arn:aws:s3:::b/x"`,
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:userid}/x"`, `"Action":"*","Resource":"*"`,
	} {
		if wide.Covers(first(other)) {
			t.Errorf("covers %s", other)
		}
	}
}

func TestKnownActions(t *testing.T) {
	if !slices.Contains(KnownActions("iam"), "CreateUser") || len(KnownActions("ec2")) != 0 {
		t.Error("CreateUser is not known, or something is of EC2")
	}
}
