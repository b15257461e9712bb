package demo

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/secret"
)

//go:embed files
var embedded embed.FS

// maxFiles is how many objects the function lists.
const maxFiles = 1000

// file is one file to upload.
type file struct {
	name string // with slashes, below its folder
	size int64
	from fs.FS
}

// readFiles finds the regular files below a folder, or those that come along. Links are not followed.
func readFiles(folder string) ([]file, error) {
	from := fs.FS(embedded)
	if folder != "" {
		if _, err := os.ReadDir(folder); err != nil {
			return nil, err
		}
		from = os.DirFS(folder)
	} else if sub, err := fs.Sub(embedded, "files"); err == nil {
		from = sub
	}
	var files []file
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if files = append(files, file{name, info.Size(), from}); len(files) > maxFiles {
			return fmt.Errorf("there are more than %d files below %s", maxFiles, folder)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = errors.New("there is no file in " + folder)
	}
	return files, err
}

// upload puts every file into the container and the bucket, through the same doors that everybody uses, as the operator.
func (d *demo) upload(ctx context.Context) error {
	token, err := ask[opwire.Token](ctx, d, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: storageAudience})
	if err != nil {
		return err
	}
	session, err := ask[opwire.Session](ctx, d, opwire.PathSession, opwire.SessionRequest{As: "operator"})
	if err != nil {
		return err
	}
	for _, f := range d.files {
		blob := http.Header{
			"Authorization": {"Bearer " + token.AccessToken}, "X-Ms-Version": {blobVersion}, "X-Ms-Blob-Type": {"BlockBlob"},
		}
		if err := d.put(ctx, d.blobURL("/"+f.path()), f, blob); err != nil {
			return err
		}
		object := d.status.URLs["s3"] + "/" + bucketName + "/" + f.path()
		header, err := d.signed(http.MethodPut, object, credentialsOf(session), f)
		if err != nil {
			return err
		}
		if err := d.put(ctx, object, f, header); err != nil {
			return err
		}
	}
	return nil
}

// path is the file's name in a URL.
func (f file) path() string {
	parts := strings.Split(f.name, "/")
	for i, p := range parts {
		parts[i] = awswire.URIEncode(p)
	}
	return strings.Join(parts, "/")
}

// digest is the SHA-256 of the file's bytes.
func (f file) digest() (string, error) {
	in, err := f.from.Open(f.name)
	if err != nil {
		return "", err
	}
	defer in.Close() //nolint:errcheck // it was only read
	hash := sha256.New()
	if _, err := io.Copy(hash, in); err != nil {
		return "", fmt.Errorf("read %s: %w", f.name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// put uploads one file.
func (d *demo) put(ctx context.Context, to string, f file, header http.Header) error {
	in, err := f.from.Open(f.name)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, to, in)
	if err != nil {
		return err
	}
	req.Header, req.ContentLength = header, f.size
	if f.size == 0 {
		req.Body = http.NoBody
	}
	answer, err := d.http.Do(req)
	if err != nil {
		return fmt.Errorf("upload %s: %w", f.name, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was only read
	if answer.StatusCode >= 300 {
		text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
		return errors.Join(fmt.Errorf("upload %s: %s %s", to, answer.Status, text), err)
	}
	return nil
}

// signed gives the headers of an S3 request with a signature (Signature Version 4).
func (d *demo) signed(method, target string, with awswire.Credentials, f file) (http.Header, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	signing := awswire.Signing{Credentials: with, Region: d.status.Region, Service: "s3", At: time.Now()}
	if f.from != nil {
		if signing.Payload.SHA256, err = f.digest(); err != nil {
			return nil, err
		}
	}
	return awswire.Sign(awswire.Request{
		Method: method, Path: u.EscapedPath(), RawQuery: u.RawQuery, Host: u.Host, Header: http.Header{}, Secure: true,
	}, signing)
}

// credentialsOf gives what a session signs with.
func credentialsOf(s opwire.Session) awswire.Credentials {
	return awswire.Credentials{
		KeyID: s.AccessKeyID, Secret: secret.Text(s.SecretAccessKey), SessionToken: secret.Text(s.SessionToken),
	}
}
