package doortest

import (
	"fmt"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Main is the account of the cast's roles.
func Main() name.AccountID { return mustAccount("111122223333") }

// Other is an account that has one bucket and one role.
func Other() name.AccountID { return mustAccount("444455556666") }

func mustAccount(s string) name.AccountID {
	id, err := name.ParseAccountID(s)
	if err != nil {
		panic(err) // the cast is wrong
	}
	return id
}

func mustARN(format string, args ...any) name.ARN {
	arn, err := name.ParseARN(fmt.Sprintf(format, args...))
	if err != nil {
		panic(err) // the cast is wrong
	}
	return arn
}

// RoleARN is a role of the cast's main account.
func RoleARN(called string) string { return "arn:aws:iam::" + Main().String() + ":role/" + called }

func awsCast() []view.Record {
	all := []view.Record{&view.Account{ID: Main(), Name: "main"}, &view.Account{ID: Other(), Name: "other"}}
	v1, v2 := Issuers(North())
	south, _ := Issuers(South())
	all = append(all, provider(Main(), v1, AWSAudience), provider(Main(), v2, AWSAudience), provider(Other(), south, AWSAudience))
	all = append(all, roles(v1, v2)...)
	return append(all,
		&view.Bucket{Name: "photos", Account: Main(), UID: ContainerUID(10), Region: "us-east-2", Created: Start()},
		&view.Bucket{Name: "photos10", Account: Main(), UID: ContainerUID(11), Region: "us-east-1", Created: Start()},
		&view.Bucket{
			Name: "locked", Account: Main(), UID: ContainerUID(12), Region: "us-east-2", Created: Start(),
			Policy: `{"Version":"2012-10-17","Statement":{"Sid":"Shut","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::locked","arn:aws:s3:::locked/*"]}}`,
		},
		&view.Bucket{Name: "foreign", Account: Other(), UID: ContainerUID(13), Region: "us-east-2", Created: Start()},
	)
}

func provider(account name.AccountID, issuer, audience string) *view.OIDCProvider {
	url := mustIssuer(issuer)
	return &view.OIDCProvider{
		ARN: mustARN("arn:aws:iam::%s:oidc-provider/%s", account, url.WithoutScheme()), URL: url,
		ClientIDs: []string{audience}, AudienceClaim: "azp-first",
	}
}

// roles are the cast's roles: what each may do, and whom it trusts.
func roles(v1, v2 string) (all []view.Record) {
	function, nobody := GUID(FunctionID).String(), GUID(0xdead).String()
	for i, r := range []struct{ name, issuer, subject, allow string }{
		{"reader", v1, function, `{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","s3:GetBucketLocation"],"Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]},` +
			`{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`},
		{"getter", v1, function, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}`},
		{"lister", v1, function, `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::photos","Condition":{"StringLike":{"s3:prefix":"public/*"}}}`},
		{"writer", v1, function, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
		{"denied", v1, function, `{"Effect":"Deny","Action":"*","Resource":"*"}`},
		{"untrusting", v1, nobody, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
		{"second", v2, function, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
	} {
		url := mustIssuer(r.issuer).WithoutScheme()
		all = append(all, &view.Role{
			ARN: mustARN("%s", RoleARN(r.name)), UniqueID: fmt.Sprintf("AROAEXAMPLE%05d", i), Path: "/", Name: r.name, MaxSession: 3600,
			Trust: fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",`+
				`"Principal":{"Federated":"arn:aws:iam::%s:oidc-provider/%s"},`+
				`"Condition":{"StringEquals":{"%s:sub":"%s","%s:aud":"%s"}}}}`, Main(), url, url, r.subject, url, AWSAudience),
			Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[` + r.allow + `]}`},
		})
	}
	return all
}
