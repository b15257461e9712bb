package server

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
)

// The data folder: the store's own files, and beside them:
const (
	auditFolder   = "audit"
	objectsFolder = "objects"
	ballastFile   = "ballast"
	ownCAFile     = "ca.pem"        // our authority's certificate
	bundleFile    = "ca-bundle.pem" // system roots and ours, for clients that replace their roots
)

// SocketPath is where the server of a data folder listens for its operator. It does not lie in the data folder, whose
// path may be longer than a socket's may be; it is found again by the folder's name.
func SocketPath(data string) (string, error) {
	abs, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(runtimeFolder(ownerOf(abs)), hex.EncodeToString(sum[:8]), "operator.sock"), nil
}

// runtimeFolder is where the server of a data folder that uid owns keeps its socket. A server of root is found by other
// users too, because it may list them as operators; another user's server is for that user alone.
func runtimeFolder(uid int) string {
	if uid == 0 {
		return "/run/lanyard"
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return filepath.Join(dir, "lanyard")
	}
	return filepath.Join(os.TempDir(), "lanyard-"+strconv.Itoa(uid))
}
