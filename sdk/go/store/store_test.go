package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"tourbillon"
	"tourbillon/store"
	"tourbillon/tourbillontest"
)

func own(t *testing.T) *store.Bucket {
	t.Helper()
	tourbillontest.New(t, func() *tourbillon.Base { return &tourbillon.Base{} })
	bucket, err := store.Own()
	must(t, err)
	return bucket
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, words string, kind error) {
	t.Helper()
	if err == nil || err.Error() != words || kind != nil && !errors.Is(err, kind) {
		t.Errorf("refused with %v, not with %s, which is %v", err, words, kind)
	}
}

func TestABucketKeepsWhatItIsGiven(t *testing.T) {
	b := own(t)
	if _, ok, err := b.Get("k"); ok || err != nil {
		t.Errorf("found %t, %v", ok, err)
	}
	must(t, b.SetText("k", "v"))
	if text, ok, err := b.GetText("k"); text != "v" || !ok || err != nil {
		t.Errorf("read %q, %t, %v", text, ok, err)
	}
	must(t, b.Delete("k"))
	must(t, b.Delete("k"))
	if ok, err := b.Exists("k"); ok || err != nil {
		t.Errorf("exists %t, %v", ok, err)
	}
	must(t, b.Set("k", []byte{0xff}))
	_, _, err := b.GetText("k")
	refused(t, err, `value of key "k": not UTF-8`, store.ErrInvalid)
}

func TestNumbersAreDecimalText(t *testing.T) {
	b := own(t)
	for i, expect := range []uint64{2, 5} {
		if sum, err := b.Increment("n", uint64(i)+2); sum != expect || err != nil {
			t.Errorf("sum is %d, %v", sum, err)
		}
	}
	if text, _, err := b.GetText("n"); text != "5" || err != nil {
		t.Errorf("kept %q, %v", text, err)
	}
	if number, ok, err := b.GetNumber("n"); number != 5 || !ok || err != nil {
		t.Errorf("read %d, %t, %v", number, ok, err)
	}
	if _, ok, err := b.GetNumber("absent"); ok || err != nil {
		t.Errorf("found %t, %v", ok, err)
	}
	for _, text := range []string{"five", "", "-1", "+1", " 1", "1_000"} {
		must(t, b.SetText("n", text))
		_, err := b.Increment("n", 1)
		refused(t, err, "the store failed: the value is not a decimal number", nil)
		_, _, err = b.GetNumber("n")
		refused(t, err, `value of key "n": expected a whole number from 0 to 18446744073709551615`, store.ErrInvalid)
	}
	for _, text := range []string{"18446744073709551615", "99999999999999999999"} {
		must(t, b.SetText("n", text))
		_, err := b.Increment("n", 1)
		refused(t, err, "the store failed: the sum does not fit into 64 bits", nil)
	}
}

func TestDeletingWhileListingSkipsNoKey(t *testing.T) {
	b := own(t)
	// More than the host gives on one page.
	for n := range 2_500 {
		must(t, b.Set(fmt.Sprintf("%04d", n), nil))
	}
	var seen []string
	for key, err := range b.Keys() {
		must(t, err)
		must(t, b.Delete(key))
		seen = append(seen, key)
	}
	if len(seen) != 2_500 || !slices.IsSorted(seen) {
		t.Errorf("saw %d keys, sorted: %t", len(seen), slices.IsSorted(seen))
	}
	page, err := b.ListKeys(nil)
	if len(page.Keys) != 0 || page.Next != nil || err != nil {
		t.Errorf("left %v, %v", page, err)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	h := tourbillontest.New(t, func() *tourbillon.Base { return &tourbillon.Base{} })
	_, err := store.Open("other")
	refused(t, err, `no bucket "other" is granted to this manager`, store.ErrNoSuchStore)
	h.GrantBucket("other")
	if _, err := store.Open("other"); err != nil {
		t.Error(err)
	}
}

func TestJSONIsReadBack(t *testing.T) {
	b := own(t)
	must(t, b.SetJSON("k", []int{1, 2}))
	var numbers []int
	if ok, err := b.GetJSON("k", &numbers); !ok || err != nil || !slices.Equal(numbers, []int{1, 2}) {
		t.Errorf("read %v, %t, %v", numbers, ok, err)
	}
	var text string
	if _, err := b.GetJSON("k", &text); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("read numbers as text: %v", err)
	}
	if ok, err := b.GetJSON("absent", &text); ok || err != nil {
		t.Errorf("found %t, %v", ok, err)
	}
}
