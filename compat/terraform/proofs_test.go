package terraform

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/compat/harness"
)

// directory asks Graph as the operator, as the person does who registers the application.
type directory struct{ s *harness.Session }

func asOperator(t *testing.T) directory {
	t.Helper()
	d := directory{house.Session(t, "operator")}
	d.s.Set(t, "TOKEN", strings.TrimSpace(house.Do(t, "", "token", "--as", "operator", "--resource", "https://graph.microsoft.com")))
	return d
}

func (d directory) argv(t *testing.T, method, path string, body any) []string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"sh", "-c", `curl -s --fail-with-body -X "$0" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d "$2" "$1"`,
		method, house.Fact(t, "graph") + "/v1.0/" + path, string(text),
	}
}

func (d directory) post(t *testing.T, path string, body any) any {
	t.Helper()
	return d.s.JSON(t, d.argv(t, "POST", path, body)...)
}

// certificate makes a key of RSA with a certificate that holds for a while, and gives the certificate and a PKCS #12 file.
func certificate(t *testing.T, s *harness.Session, called string, from, to time.Time) (der []byte, file string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: called}, NotBefore: from, NotAfter: to}
	if der, err = x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key); err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	both := s.File(t, called+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))+
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	file = s.Folder() + "/" + called + ".pfx"
	s.Must(t, "openssl", "pkcs12", "-export", "-in", both, "-out", file, "-passout", "pass:word")
	return der, file
}

// TestTheProvidersLibraryBySecretAndCertificate signs in as an application by the legacy ways, with the providers' own code.
func TestTheProvidersLibraryBySecretAndCertificate(t *testing.T) {
	if !harness.Tell(t, library, "client secret, client certificate",
		"lanyard env (ARM_METADATA_HOSTNAME, ARM_TENANT_ID); ARM_CLIENT_ID, ARM_CLIENT_SECRET or ARM_CLIENT_CERTIFICATE_PATH and _PASSWORD") {
		return
	}
	operator, job := asOperator(t), house.Session(t, "")
	app := operator.post(t, "applications", map[string]any{"displayName": "library-proofs"})
	at := "applications/" + harness.Text(app, "id")
	sp := operator.post(t, "servicePrincipals", map[string]any{"appId": harness.Text(app, "appId")})
	signsIn := func(api string) {
		t.Helper()
		if claims := claimsOf(t, job, api); claims["oid"] != harness.Text(sp, "id") {
			t.Errorf("the token says %v, want %s", claims["oid"], harness.Text(sp, "id"))
		}
	}
	refused := func(code, reason string) {
		t.Helper()
		job.Refused(t, code, reason, harness.HashiCorp(), "arm")
	}
	job.Set(t, "ARM_CLIENT_ID", harness.Text(app, "appId"))

	soon := time.Now().Add(5 * time.Second)
	password := func(until time.Time) any {
		return operator.post(t, at+"/addPassword", map[string]any{"passwordCredential": map[string]any{"endDateTime": until.UTC().Format(time.RFC3339)}})
	}
	long, short := password(time.Now().Add(time.Hour)), password(soon)
	job.Set(t, "ARM_CLIENT_SECRET", harness.Text(long, "secretText"))
	signsIn("arm")
	signsIn("storage")
	operator.s.Must(t, operator.argv(t, "POST", at+"/removePassword", map[string]any{"keyId": harness.Text(long, "keyId")})...)
	refused("AADSTS7000215", "entra.bad_secret")
	job.Set(t, "ARM_CLIENT_SECRET", harness.Text(long, "keyId")) // which people take for it
	refused("AADSTS7000215", "entra.bad_secret")
	time.Sleep(time.Until(soon))
	job.Set(t, "ARM_CLIENT_SECRET", harness.Text(short, "secretText"))
	refused("AADSTS7000222", "entra.secret_expired")
	job.Set(t, "ARM_CLIENT_SECRET", "")

	now := time.Now()
	soon = now.Add(8 * time.Second) // a key of RSA takes a while
	good, goodFile := certificate(t, job, "good", now.Add(-time.Hour), now.Add(time.Hour))
	short2, shortFile := certificate(t, job, "short", now.Add(-time.Hour), soon)
	early, earlyFile := certificate(t, job, "early", now.Add(time.Hour), now.Add(2*time.Hour))
	over, _ := certificate(t, job, "over", now.Add(-2*time.Hour), now.Add(-time.Hour))
	_, foreignFile := certificate(t, job, "foreign", now.Add(-time.Hour), now.Add(time.Hour))
	keys := func(ders ...[]byte) map[string]any {
		var list []map[string]string
		for _, der := range ders {
			list = append(list, map[string]string{"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(der)})
		}
		return map[string]any{"keyCredentials": list}
	}
	operator.s.Refused(t, "Request_BadRequest", "directory.registration_invalid", operator.argv(t, "PATCH", at, keys(over))...)
	operator.s.Must(t, operator.argv(t, "PATCH", at, keys(good, short2, early))...)
	job.Set(t, "ARM_CLIENT_CERTIFICATE_PASSWORD", "word")
	by := func(file string) { job.Set(t, "ARM_CLIENT_CERTIFICATE_PATH", file) }
	by(goodFile)
	signsIn("arm")
	by(foreignFile)
	refused("AADSTS700027", "entra.certificate_unknown")
	by(earlyFile)
	refused("AADSTS700027", "entra.certificate_expired") // or has not begun
	time.Sleep(time.Until(soon))
	by(shortFile)
	refused("AADSTS700027", "entra.certificate_expired")
	by(goodFile)
	signsIn("storage")
	operator.s.Must(t, operator.argv(t, "PATCH", at, map[string]any{"keyCredentials": []any{}})...)
	refused("AADSTS700027", "entra.certificate_unknown")
	operator.s.Must(t, operator.argv(t, "DELETE", at, map[string]any{})...)
	refused("AADSTS700016", "entra.client_unknown")
}
