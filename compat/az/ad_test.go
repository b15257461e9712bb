package az

import (
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// forbidden wants a command refused by Graph to somebody without a right in the directory.
func forbidden(t *testing.T, s *harness.Session, argv ...string) {
	t.Helper()
	s.Refused(t, "Insufficient privileges", "access.denied", argv...)
}

// TestC38Applications makes an application and signs in as it: by a federated credential, and by the legacy ways.
func TestC38Applications(t *testing.T) {
	if !tell(t, "ad app, ad sp, federated-credential, credential reset; login by federated token, secret, certificate", "run") {
		return
	}
	issuer := harness.NewIssuer(t)
	house.Apply(t, issuer.Manifest())
	s, other := login(t, "operator"), stranger(t, "apps")
	app := s.JSON(t, "az", "ad", "app", "create", "--display-name", "shop-deployer", "--identifier-uris", "api://shop-deployer", "-o", "json")
	object, client := harness.Text(app, "id"), harness.Text(app, "appId")
	s.Must(t, "az", "ad", "sp", "create", "--id", client)
	want(t, "the service principal", s.Must(t, "az", "ad", "sp", "show", "--id", client, "--query", "appId", "-o", "tsv"), client)
	want(t, "the application", s.Must(t, "az", "ad", "app", "list", "--display-name", "shop-deployer", "--query", "[].appId", "-o", "tsv"), client)
	trust := `{"name":"main","issuer":"` + issuer.URL + `","subject":"repo:acme/a:ref:refs/heads/main","audiences":["api://AzureADTokenExchange"],"description":"the pipeline of acme/a"}`
	forbidden(t, other, "az", "ad", "app", "create", "--display-name", "evil")
	forbidden(t, other, "az", "ad", "app", "federated-credential", "create", "--id", object, "--parameters", trust)
	forbidden(t, other, "az", "ad", "app", "credential", "reset", "--id", object)
	forbidden(t, other, "az", "ad", "app", "delete", "--id", object)
	s.Must(t, "az", "ad", "app", "federated-credential", "create", "--id", object, "--parameters", trust)
	want(t, "the trust", s.Must(t, "az", "ad", "app", "federated-credential", "list", "--id", object, "--query", "[].name", "-o", "tsv"), "main")

	job := house.Session(t, "")
	as := func(proof ...string) []string {
		return append([]string{"az", "login", "--service-principal", "--allow-no-subscriptions", "--username", client, "--tenant", house.Fact(t, "tenant")}, proof...)
	}
	job.Must(t, as("--federated-token", issuer.Token(t, map[string]any{"sub": "repo:acme/a:ref:refs/heads/main"}))...)
	job.Refused(t, "AADSTS700213", "federation.subject_mismatch",
		as("--federated-token", issuer.Token(t, map[string]any{"sub": "repo:acme/b:ref:refs/heads/main"}))...)
	s.Must(t, "az", "ad", "app", "federated-credential", "delete", "--id", object, "--federated-credential-id", "main")
	job.Refused(t, "AADSTS70021", "federation.no_credential", as("--federated-token", issuer.Token(t, map[string]any{"sub": "repo:acme/a:ref:refs/heads/main"}))...)

	secret := s.Must(t, "az", "ad", "app", "credential", "reset", "--id", object, "--query", "password", "-o", "tsv")
	job.Must(t, as("--password", secret)...)
	want(t, "the application in the token", tokenOf(t, job, storage)["appid"], any(client))
	job.Refused(t, "AADSTS7000215", "entra.bad_secret", as("--password", "not-the-secret")...)
	job.Must(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=shop", "-keyout", "key.pem", "-out", "cert.pem")
	job.Must(t, "sh", "-c", "cat key.pem cert.pem >both.pem")
	job.Refused(t, "AADSTS700027", "entra.certificate_unknown", as("--password", job.Folder()+"/both.pem")...)
	s.Must(t, "az", "ad", "app", "credential", "reset", "--id", object, "--append", "--cert", "@"+job.Folder()+"/cert.pem")
	job.Must(t, as("--password", job.Folder()+"/both.pem")...)
	job.Must(t, as("--password", secret)...) // the reset appended
	for key := range strings.FieldsSeq(s.Must(t, "az", "ad", "app", "credential", "list", "--id", object, "--query", "[].keyId", "-o", "tsv")) {
		s.Must(t, "az", "ad", "app", "credential", "delete", "--id", object, "--key-id", key)
	}
	job.Refused(t, "AADSTS7000215", "entra.bad_secret", as("--password", secret)...)
	s.Must(t, "az", "ad", "app", "delete", "--id", object)
	s.Refused(t, "does not exist", "graph.not_found", "az", "ad", "app", "show", "--id", client)
}
