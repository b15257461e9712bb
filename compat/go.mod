module github.com/lanyard-id/lanyard/compat

go 1.26
