package keyring

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const (
	kekSize        = 32
	maxKEKFile     = 1 << 10
	credentialName = "lanyard.kek"
)

// KEKPlace says where an installation's key encryption key is looked for.
type KEKPlace struct {
	Root           bool   // the server runs as root: /etc/lanyard, unless ConfigHome names a place and nothing is there
	CredentialsDir string // $CREDENTIALS_DIRECTORY, where systemd puts credentials; "" without one
	ConfigHome     string // $XDG_CONFIG_HOME; "" means ~/.config
	Home           string // the home folder
}

// Path is the file with the key encryption key of this store. A systemd credential named lanyard.kek wins when it is
// there.
func (p KEKPlace) Path(storeID string) string {
	if p.CredentialsDir != "" {
		path := filepath.Join(p.CredentialsDir, credentialName)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if p.Root {
		path := filepath.Join("/etc/lanyard", storeID+".kek")
		if _, err := os.Stat(path); err == nil || p.ConfigHome == "" {
			return path
		}
	}
	dir := p.ConfigHome
	if dir == "" {
		dir = filepath.Join(p.Home, ".config")
	}
	return filepath.Join(dir, "lanyard", storeID+".kek")
}

// loadKEK reads the file, after checking that it lies where it may.
func loadKEK(path, dataDir string) (secret, error) {
	if err := checkPlace(path, dataDir); err != nil {
		return secret{}, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return secret{}, err
	}
	if err != nil {
		return secret{}, fmt.Errorf("key encryption key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKEKFile {
		return secret{}, malformedKEK(path)
	}
	if exposed(info) {
		return secret{}, fault.New(fault.Precondition, KEKExposed,
			"the key encryption key %s can be read by other users (mode %#o); set its mode to 0600 and consider it known",
			path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator's configuration names it
	if err != nil {
		return secret{}, fmt.Errorf("key encryption key: %w", err)
	}
	b, err := base64.StdEncoding.Strict().DecodeString(strings.TrimRight(string(text), "\r\n"))
	if err != nil || len(b) != kekSize { // the cause would quote the file
		return secret{}, malformedKEK(path)
	}
	return newSecret(b), nil
}

func malformedKEK(path string) error {
	return fault.New(fault.Precondition, KEKMalformed,
		"the file %s does not hold a key encryption key: want %d bytes in base64 on one line", path, kekSize)
}

// makeKEK draws a key encryption key and writes it durably to a file that did not exist.
func makeKEK(path, dataDir string) (secret, error) {
	if err := checkPlace(path, dataDir); err != nil {
		return secret{}, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return secret{}, fmt.Errorf("folder of the key encryption key: %w", err)
	}
	b := make([]byte, kekSize)
	_, _ = rand.Read(b) // never fails since Go 1.24: the process ends instead
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return secret{}, fmt.Errorf("make the key encryption key: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(b) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncFolder(filepath.Dir(path))); err != nil {
		return secret{}, fmt.Errorf("make the key encryption key: %w", errors.Join(err, os.Remove(path)))
	}
	return newSecret(b), nil
}

// checkPlace refuses a path under the data folder, symbolic links followed on both sides.
func checkPlace(path, dataDir string) error {
	if dataDir == "" {
		return nil
	}
	real, err := resolve(path)
	if err != nil {
		return fmt.Errorf("key encryption key: %w", err)
	}
	data, err := resolve(dataDir)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	rel, err := filepath.Rel(data, real)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil //nolint:nilerr // no relative path: another drive
	}
	return fault.New(fault.Precondition, KEKExposed,
		"the key encryption key %s lies in the data folder %s, where a backup would take it along; move it elsewhere",
		path, dataDir)
}

// resolve follows the symbolic links of the part of path that exists.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		parent := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || parent == path {
			return "", err
		}
		path, rest = parent, filepath.Join(filepath.Base(path), rest)
	}
}
