module github.com/lanyard-id/lanyard/verify

go 1.26
