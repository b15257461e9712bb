package server

import (
	"context"
	"errors"
	"fmt"
	"net"
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

// places are the listeners. Metadata is the only one without TLS: its clients cannot be told of a private authority.
func places() []place {
	return []place{
		{"entra", 0, true}, {"sts", 1, true}, {"s3", 2, true}, {"blob", 3, true}, {"console", 6, true}, {"metadata", -3, false},
	}
}

// listeners are the open TCP listeners by place.
type listeners map[string]net.Listener

// listenFresh opens the listeners of a first start and gives the public URLs that follow from them.
func listenFresh(ctx context.Context, listen string) (listeners, map[string]string, error) {
	if listen == "" {
		listen = defaultListen
	}
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
		at := net.JoinHostPort(host, "0")
		if port != 0 {
			at = net.JoinHostPort(host, strconv.Itoa(port+p.offset))
		}
		if err := open.add(ctx, p, at); err != nil {
			open.close()
			return nil, nil, err
		}
		urls[p.name] = p.url(open[p.name].Addr().String())
	}
	urls["iam"] = urls["sts"] // one listener; the request's version tells the services apart
	return open, urls, nil
}

// listenAgain opens the listeners of the stored URLs: they are part of tokens and of people's settings, so they stay.
func listenAgain(ctx context.Context, urls map[string]string) (listeners, error) {
	open := listeners{}
	for _, p := range places() {
		u, err := url.Parse(urls[p.name])
		if err == nil && u.Host == "" {
			err = fmt.Errorf("no public URL is stored for %s", p.name)
		}
		if err == nil {
			err = open.add(ctx, p, u.Host)
		}
		if err != nil {
			open.close()
			return nil, err
		}
	}
	return open, nil
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

func (p place) url(hostport string) string {
	if p.tls {
		return "https://" + hostport
	}
	return "http://" + hostport
}

func cannotListen(at string, err error) error {
	return fault.New(fault.Unavailable, CannotListen, "cannot listen on %s: %s", at, err).Because(err)
}

// listenOperator opens the operator's socket in a folder that only this user may enter. A socket that an earlier process
// left is replaced: the data folder's lock says that that process is gone.
func listenOperator(ctx context.Context, data string) (net.Listener, error) {
	path, err := SocketPath(data)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannotListen(path, err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := ownedByUs(d); err != nil {
			return nil, cannotListen(path, err)
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, cannotListen(path, err)
	}
	var cfg net.ListenConfig
	ln, err := cfg.Listen(ctx, "unix", path)
	if err != nil {
		return nil, cannotListen(path, err)
	}
	return ln, nil
}
