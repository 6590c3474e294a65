// The tasks that use the store.

package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"tourbillon"
	"tourbillon/config"
	"tourbillon/log"
	"tourbillon/store"
)

// Store uses every operation, or writes and then fails.
func (c *Conformance) Store() error {
	how, set, err := config.Get("store")
	if err != nil || !set {
		return err
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	if how == "fail" {
		if err := bucket.SetText("poison", "1"); err != nil {
			return err
		}
		return errors.New("on purpose")
	}
	if err := bucket.SetText("a", "1"); err != nil {
		return err
	}
	if text, ok, err := bucket.GetText("a"); err != nil || !ok || text != "1" {
		return tourbillon.Errorf("a is %q, %t, %w", text, ok, err)
	}
	if ok, err := bucket.Exists("a"); err != nil || !ok {
		return tourbillon.Errorf("a exists: %t, %w", ok, err)
	}
	if _, err := bucket.Increment("n", 2); err != nil {
		return err
	}
	if err := bucket.SetText("b", "x"); err != nil {
		return err
	}
	if err := bucket.Delete("b"); err != nil {
		return err
	}
	var keys []string
	for key, err := range bucket.Keys() {
		if err != nil {
			return err
		}
		if slices.Contains([]string{"a", "b", "n"}, key) {
			keys = append(keys, key)
		}
	}
	log.Infof("store: %s", strings.Join(keys, ","))
	return nil
}

// Unicode keeps a value under a key, neither of them ASCII.
func (c *Conformance) Unicode() error {
	if set, err := armed("unicode"); err != nil || !set {
		return err
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	if err := bucket.SetText("ключ/🦀", "значение ✓ 漢字"); err != nil {
		return err
	}
	text, _, err := bucket.GetText("ключ/🦀")
	if err != nil {
		return err
	}
	log.Infof("unicode: %s", text)
	return nil
}

// Values keeps an empty value and a large one.
func (c *Conformance) Values() error {
	if set, err := armed("values"); err != nil || !set {
		return err
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	huge := make([]byte, 61_440)
	for i := range huge {
		huge[i] = byte(i % 251)
	}
	if err := bucket.Set("empty", nil); err != nil {
		return err
	}
	if err := bucket.Set("huge", huge); err != nil {
		return err
	}
	small, found, err := bucket.Get("empty")
	if err != nil {
		return err
	}
	if !found || len(small) != 0 {
		return tourbillon.Errorf("empty is found: %t, with %d bytes", found, len(small))
	}
	large, found, err := bucket.Get("huge")
	if err != nil {
		return err
	}
	if !found || !bytes.Equal(large, huge) {
		return tourbillon.Errorf("huge is found: %t, with %d bytes", found, len(large))
	}
	log.Infof("values: %d and %d", len(small), len(large))
	return nil
}

// Instances counts its runs in memory and in the store.
func (c *Conformance) Instances() error {
	if set, err := armed("instances"); err != nil || !set {
		return err
	}
	bucket, err := store.Own()
	if err != nil {
		return err
	}
	c.runs++
	stored, err := bucket.Increment("instances", 1)
	if err != nil {
		return err
	}
	log.Infof("instances: %d in memory, %d stored", c.runs, stored)
	return nil
}
