package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// operation is one call of an SDK; what it gives is printed as JSON. A play prints its steps itself.
type operation struct {
	name string
	args int // at least
	do   func(ctx context.Context, args []string) (any, error)
}

func operations() []operation {
	var all []operation
	for _, list := range [][]operation{tokens(), identities(), grants(), groups(), blobs(), secrets()} {
		all = append(all, list...)
	}
	return append(all, operation{"version", 1, func(_ context.Context, args []string) (any, error) { return version(args[0]) }})
}

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	for _, op := range operations() {
		if len(args) == 0 || args[0] != op.name {
			continue
		}
		if len(args)-1 < op.args {
			return fmt.Errorf("%s needs %d arguments", op.name, op.args)
		}
		out, err := op.do(ctx, args[1:])
		if err != nil || out == nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	return fmt.Errorf("there is no operation %q", args)
}

// version is what the build has recorded of a module.
func version(module string) (string, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", fmt.Errorf("the build recorded nothing")
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version, nil
		}
	}
	return "", fmt.Errorf("%s is not built in", module)
}
