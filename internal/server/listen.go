package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Why the server cannot listen.
const (
	// PortInUse means that something else listens on an address that a door needs.
	PortInUse fault.Reason = "server.port_in_use"
	// CannotListen means that an address cannot be listened on.
	CannotListen fault.Reason = "server.cannot_listen"
)

// defaultListen is where the first listener is when nobody says otherwise.
const defaultListen = "127.0.0.1:8443"

// place is one listener: its name in the URLs, its distance from the first port, and whether it speaks TLS.
type place struct {
	name   string
	offset int
	tls    bool
}

// places are the listeners. Metadata is the only one without TLS, because its clients cannot be told of a private
// authority; so it is on loopback wherever the others are.
func places() []place {
	return []place{
		{"entra", 0, true},
		{"sts", 1, true},
		{"s3", 2, true},
		{"blob", 3, true},
		{vaultPlace, 4, true},
		{"console", 6, true},
		{"metadata", -3, false},
	}
}

// vaultPlace is the one place whose URL is a domain: key vaults are its sub-domains.
const vaultPlace = "keyvault"

// defaultVaultDomain lies below a name that never leaves the machine, that no stranger can own, and that the private
// authority vouches for anyway (RFC 6761 section 6.3).
const defaultVaultDomain = "vault.localhost"

// listeners are the open TCP listeners by place.
type listeners map[string]net.Listener

// listenFresh opens the listeners of a first start and gives the public URLs that follow from them.
func listenFresh(ctx context.Context, cfg Config) (listeners, map[string]string, error) {
	listen := cmp.Or(cfg.Listen, defaultListen)
	host, portText, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, nil, cannotListen(listen, err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 0 || port > 65529 || port > 0 && port <= 3 {
		return nil, nil, cannotListen(listen, errors.New("the port must be 0, or leave room for the doors beside it"))
	}
	open, urls := listeners{}, map[string]string{}
	for _, p := range places() {
		at := net.JoinHostPort(p.host(host), "0")
		if port != 0 {
			at = net.JoinHostPort(p.host(host), strconv.Itoa(port+p.offset))
		}
		err := open.add(ctx, p, at)
		if err == nil && everywhere(open[p.name]) {
			err = cannotListen(at, errors.New("the host must be one address: it stands in every public URL, in tokens and in the certificate"))
		}
		if err != nil {
			open.close()
			return nil, nil, err
		}
		urls[p.name] = p.url(open[p.name].Addr().String(), cfg.VaultDomain)
	}
	urls["iam"] = urls["sts"]   // one listener; the request's version tells the services apart
	urls["arm"] = urls["entra"] // one listener; the path tells them apart
	urls[storagePlace] = storageURL(cfg, urls)
	urls["graph"] = urls["entra"] + "/graph"
	return open, urls, nil
}

// storagePlace is the key of the domain below which each storage account has a name of its own, {account}.blob.{domain}, at
// the Blob listener: clients that are told an account's name and the cloud's suffix find it there and nowhere else.
const storagePlace = "storage"

// defaultStorageDomain lies below a name that never leaves the machine and that no stranger can own (RFC 6761 section 6.3).
const defaultStorageDomain = "storage.localhost"

// storageURL is the domain at the Blob listener's port.
func storageURL(cfg Config, urls map[string]string) string {
	u, err := url.Parse(urls["blob"])
	if err != nil {
		return ""
	}
	u.Host = net.JoinHostPort(cmp.Or(cfg.StorageDomain, defaultStorageDomain), u.Port())
	return u.String()
}

// listenAgain opens the listeners of the stored URLs: they are part of tokens and of people's settings, so they stay. A
// door that is newer than the installation gets a free port; added are the URLs that follow from that.
func listenAgain(ctx context.Context, cfg Config, urls map[string]string) (open listeners, added map[string]string, err error) {
	open, added = listeners{}, map[string]string{}
	first, err := url.Parse(urls["entra"])
	if err != nil || first.Host == "" {
		return nil, nil, cannotListen("the stored address", errors.New("no public URL is stored for entra"))
	}
	for _, p := range places() {
		u, err := url.Parse(cmp.Or(urls[p.name], p.url(net.JoinHostPort(p.host(first.Hostname()), "0"), cfg.VaultDomain)))
		if err == nil && p.name == vaultPlace { // its URL is a domain; the listener is where the others are
			u.Host = net.JoinHostPort(first.Hostname(), u.Port())
		}
		if err == nil {
			err = open.add(ctx, p, u.Host)
		}
		if err != nil {
			open.close()
			return nil, nil, err
		}
		if urls[p.name] == "" {
			added[p.name] = p.url(open[p.name].Addr().String(), cfg.VaultDomain)
		}
	}
	if urls[storagePlace] == "" {
		added[storagePlace] = storageURL(cfg, urls)
	}
	return open, added, nil
}

func (l listeners) add(ctx context.Context, p place, at string) error {
	var cfg net.ListenConfig
	ln, err := cfg.Listen(ctx, "tcp", at)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fault.New(fault.Unavailable, PortInUse,
			"%s is in use, and the %s door listens there. Stop what uses it, or start anew with --listen HOST:0 for free ports.", at, p.name).Because(err)
	}
	if err != nil {
		return cannotListen(at, err)
	}
	l[p.name] = ln
	return nil
}

func (l listeners) close() {
	for _, ln := range l {
		_ = ln.Close() // it served nobody
	}
}

// loopback is where the place without TLS listens when the others are reachable from elsewhere: launch secrets and tokens
// go over it in clear, and workloads run on this machine.
const loopback = "127.0.0.1"

// host is where this place listens when the first listener is asked to be at wanted.
func (p place) host(wanted string) string {
	at, err := netip.ParseAddr(wanted)
	if p.tls || err == nil && at.Unmap().IsLoopback() || wanted == "localhost" {
		return wanted
	}
	return loopback
}

// everywhere tells whether a listener is at no address of its own, so that no URL can name it.
func everywhere(ln net.Listener) bool {
	at, err := netip.ParseAddrPort(ln.Addr().String())
	return err != nil || at.Addr().Unmap().IsUnspecified()
}

// url is the public URL of the place whose listener is at hostport.
func (p place) url(hostport, vaultDomain string) string {
	if p.name == vaultPlace {
		_, port, _ := net.SplitHostPort(hostport) // a listener's address
		return "https://" + net.JoinHostPort(cmp.Or(vaultDomain, defaultVaultDomain), port)
	}
	if p.tls {
		return "https://" + hostport
	}
	return "http://" + hostport
}

func cannotListen(at string, err error) error {
	return fault.New(fault.Unavailable, CannotListen, "cannot listen on %s: %s", at, err).Because(err)
}

// listenOperator opens the operator's socket in a folder that only this user may enter; where other operators are listed,
// they may pass through and connect, and the door asks the kernel who they are. A socket that an earlier process left is
// replaced: the data folder's lock says that that process is gone.
func listenOperator(ctx context.Context, cfg Config) (net.Listener, error) {
	path, err := SocketPath(cfg.Data)
	if err != nil {
		return nil, err
	}
	folder, socket := os.FileMode(0o700), os.FileMode(0o600)
	if len(cfg.Operators) > 0 {
		folder, socket = 0o711, 0o666
		if os.Geteuid() != 0 {
			return nil, fault.New(fault.Invalid, BadConfig, "operators: only a server that root runs can have operators beside its own user")
		}
	}
	dir := filepath.Dir(path)
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.MkdirAll(d, folder); err != nil {
			return nil, cannotListen(path, err)
		}
		mode := folder
		if d != dir && os.Geteuid() == 0 {
			mode = 0o711 // shared by all servers of root
			if err := os.Chmod(d, mode); err != nil {
				return nil, cannotListen(path, err)
			}
		}
		if err := ownedByUs(d, mode); err != nil {
			return nil, cannotListen(path, err)
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, cannotListen(path, err)
	}
	var listen net.ListenConfig
	ln, err := listen.Listen(ctx, "unix", path)
	if err != nil {
		return nil, cannotListen(path, err)
	}
	if err := os.Chmod(path, socket); err != nil {
		return nil, errors.Join(cannotListen(path, err), ln.Close())
	}
	return ln, nil
}
