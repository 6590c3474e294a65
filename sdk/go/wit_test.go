package tourbillon_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The SDK carries a copy of the WIT package, as a vendored SDK has no repository around it. There
// is nothing to compare with where this is such a one.
func TestTheCopyOfTheWitPackageIsCurrent(t *testing.T) {
	original := os.DirFS("../../wit")
	if _, err := fs.Stat(original, "manager.wit"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("not in the repository")
	}
	copied := os.DirFS("wit")
	for _, pair := range [][2]fs.FS{{original, copied}, {copied, original}} {
		err := fs.WalkDir(pair[0], ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			here, err := fs.ReadFile(pair[0], path)
			if err != nil {
				return err
			}
			there, err := fs.ReadFile(pair[1], path)
			if err != nil || !bytes.Equal(here, there) {
				t.Errorf("%s differs: `rm -r wit && cp -r ../../wit wit`", filepath.Join("wit", path))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
