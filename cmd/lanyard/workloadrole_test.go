package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
)

// roleKeys are what the container endpoint gives.
type roleKeys struct{ AccessKeyID, SecretAccessKey, Token, RoleArn string }

// roleCredentials asks as SDKs do, with the content of the token file.
func roleCredentials() (roleKeys, error) {
	var k roleKeys
	token, err := os.ReadFile(os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
	if err != nil {
		return k, err
	}
	body, err := get(os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), http.Header{"Authorization": {string(token)}})
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal(body, &k)
}

// webBucket assumes the role of its environment with the token file of its environment, as SDKs do, and lists a bucket.
func webBucket(bucket string) error {
	token, err := os.ReadFile(os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
	if err != nil {
		return err
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {os.Getenv("AWS_ROLE_ARN")},
		"RoleSessionName": {os.Getenv("AWS_ROLE_SESSION_NAME")}, "WebIdentityToken": {string(token)},
	}
	body, err := send(http.MethodPost, os.Getenv("AWS_ENDPOINT_URL_STS"), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()))
	if err != nil {
		return err
	}
	var k struct {
		AccessKeyID     string `xml:"AssumeRoleWithWebIdentityResult>Credentials>AccessKeyId"`
		SecretAccessKey string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SecretAccessKey"`
		Token           string `xml:"AssumeRoleWithWebIdentityResult>Credentials>SessionToken"`
	}
	if err := xml.Unmarshal(body, &k); err != nil {
		return err
	}
	return sign(roleKeys{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey, Token: k.Token},
		http.MethodGet, os.Getenv("AWS_ENDPOINT_URL_S3")+"/"+bucket+"?list-type=2", "s3", nil)
}

// signed sends a request that is signed with the role's credentials.
func signed(method, address, service string, body []byte) error {
	k, err := roleCredentials()
	if err != nil {
		return err
	}
	return sign(k, method, address, service, body)
}

// sign sends a request that is signed with the keys.
func sign(k roleKeys, method, address, service string, body []byte) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	header, err := awswire.Sign(awswire.Request{
		Method: method, Path: u.EscapedPath(), RawQuery: u.RawQuery, Host: u.Host, Header: http.Header{}, Body: body, Secure: true,
	}, awswire.Signing{
		Credentials: awswire.Credentials{KeyID: k.AccessKeyID, Secret: awswire.Secret(k.SecretAccessKey), SessionToken: awswire.Secret(k.Token)},
		Region:      os.Getenv("AWS_REGION"), Service: service, At: time.Now(),
	})
	if err != nil {
		return err
	}
	answer, err := send(method, address, header, body)
	fmt.Println(string(answer))
	return err
}

// bindRole gives a function another role, as UpdateFunctionConfiguration does.
func bindRole(function, role string) error {
	body := fmt.Sprintf(`{"Role":"arn:aws:iam::%s:role/%s"}`, os.Getenv("LANYARD_ACCOUNT"), role)
	return signed(http.MethodPut, os.Getenv("AWS_ENDPOINT_URL_LAMBDA")+"/2015-03-31/functions/"+function+"/configuration", "lambda", []byte(body))
}

// instanceMetadata reads role and credentials with a token of version 2.
func instanceMetadata() error {
	base := os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT") + "/latest/"
	token, err := send(http.MethodPut, base+"api/token", http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"21600"}}, nil)
	if err != nil {
		return err
	}
	header := http.Header{"X-Aws-Ec2-Metadata-Token": {string(token)}}
	name, err := get(base+"meta-data/iam/security-credentials/", header)
	if err != nil {
		return err
	}
	body, err := get(base+"meta-data/iam/security-credentials/"+string(name), header)
	fmt.Println(string(name))
	fmt.Println(strings.TrimSpace(string(body)))
	return err
}

// send is get with a method and a body.
func send(method, address string, header http.Header, body []byte) ([]byte, error) {
	req, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	return do(req)
}
