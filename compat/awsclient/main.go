package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, kind(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "version":
		return version(args[1])
	case len(args) == 1 && args[0] == "whoami":
		return whoami(ctx)
	case len(args) == 2 && args[0] == "s3":
		return objects(ctx, args[1])
	case len(args) >= 4 && args[0] == "sts":
		return sessions(ctx, args[1:])
	case len(args) == 3 && args[0] == "iam":
		return keepRoles(ctx, args[1], args[2])
	case len(args) == 3 && args[0] == "eks":
		return associate(ctx, args[1], args[2])
	}
	return fmt.Errorf("there is no operation %q", args)
}

// version is what the build has recorded of a module.
func version(module string) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("the build recorded nothing")
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			fmt.Println(dep.Version)
			return nil
		}
	}
	return fmt.Errorf("%s is not built in", module)
}

// whoami says whom the default chain finds.
func whoami(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	got, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println(*got.Arn)
	return nil
}

// kind is an error's text behind the SDK's own types that a program can ask for, outermost first.
func kind(err error) string {
	var types []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		if name := fmt.Sprintf("%T", e); !strings.HasPrefix(name, "*fmt.") {
			types = append(types, name)
		}
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		types = append(types, api.ErrorCode())
	}
	return strings.Join(types, " ") + ": " + err.Error()
}
