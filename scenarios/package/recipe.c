/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/crypto.h"
#include "scenarios/package/format.h"

enum {
    PAYLOAD_DEFAULT = 20480,
    SLOT = 512 * 1024, /* of the variant oversize */
    CLASS_DIGITS = 2 * PACKAGE_CLASS_SIZE,
};

/* Keys. */

static const struct {
    const char *name;
    enum package_key_kind kind;
} key_names[SET_KEY_COUNT] = {
    [SET_KEY_SIGN] = { "sign", PACKAGE_KEY_P256 },
    [SET_KEY_SIGN_X] = { "sign-x", PACKAGE_KEY_P256 },
    [SET_KEY_ENC] = { "enc", PACKAGE_KEY_P256 },
    [SET_KEY_ENC_X] = { "enc-x", PACKAGE_KEY_P256 },
    [SET_KEY_ENC_NEW] = { "enc-new", PACKAGE_KEY_P256 },
    [SET_KEY_KEK] = { "kek", PACKAGE_KEY_SECRET },
    [SET_KEY_KEK_X] = { "kek-x", PACKAGE_KEY_SECRET },
    [SET_KEY_KEK_NEW] = { "kek-new", PACKAGE_KEY_SECRET },
};

static enum status load_key(struct set_parser *parser, int number,
                            const cJSON *item)
{
    const char *name = key_names[number].name;
    struct reason why = { .status = STATUS_OK };
    char *path = NULL;

    (void)snprintf(parser->pointer, sizeof(parser->pointer),
                   "/keys"); /* fits */
    if (!cJSON_IsString(item)) {
        return set_wrong(parser, name, "a file or 'demo:NAME' is expected");
    }
    const char *text = item->valuestring;
    bool is_whole = text[0] == '/' || strncmp(text, "demo:", 5) == 0;
    int length = is_whole ? asprintf(&path, "%s", text)
                          : asprintf(&path, "%s/%s", parser->folder, text);
    if (length < 0) {
        return reason_set(parser->reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = package_key_load(key_names[number].kind, path,
                                          &parser->set->keys[number], &why);
    free(path);
    return status == STATUS_OK ? STATUS_OK : set_wrong(parser, name, why.text);
}

enum status recipe_parse_keys(struct set_parser *parser, const cJSON *keys)
{
    enum status status = STATUS_OK;
    const cJSON *item = NULL;

    (void)snprintf(parser->pointer, sizeof(parser->pointer),
                   "/keys"); /* fits */
    if (keys != NULL && !cJSON_IsObject(keys)) {
        return set_wrong(parser, "", "an object of files is expected");
    }
    if (keys != NULL) {
        status = set_check_keys(parser, keys,
                                "sign sign-x enc enc-x enc-new kek kek-x "
                                "kek-new");
    }
    for (int i = 0; status == STATUS_OK && i < SET_KEY_COUNT; i++) {
        item = cJSON_GetObjectItemCaseSensitive(keys, key_names[i].name);
        status = item != NULL ? load_key(parser, i, item) : STATUS_OK;
    }
    return status;
}

static const struct package_key *key_of(const struct package_set *set,
                                        enum set_key key)
{
    return set->keys[key].kind != PACKAGE_KEY_NONE ? &set->keys[key] : NULL;
}

void recipe_class(uint16_t instance, uint8_t out_class[PACKAGE_CLASS_SIZE])
{
    static const char name[] = "ASSAY-COMPONENT";

    memcpy(out_class, name, PACKAGE_CLASS_SIZE - 1);
    out_class[PACKAGE_CLASS_SIZE - 1] = (uint8_t)instance;
}

/* The format anjay. */

static enum status check_anjay(const struct set_parser *parser,
                               const cJSON *package,
                               const struct package_entry *entry)
{
    static const char *const single[] = { "version", "outcome", "links",
                                          "requires" };

    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        if (entry->part_count > 0 &&
            cJSON_GetObjectItemCaseSensitive(package, single[i]) != NULL) {
            return set_wrong(parser, single[i],
                             "means nothing with 'contains': the parts are the "
                             "packages 'G'");
        }
    }
    if (entry->part_count == 0 && entry->info.instance >= ANJAY_INSTANCES) {
        return set_wrong(parser, "recipe",
                         "the anjay format only has instances 0..3");
    }
    if (entry->version.rule == RULE_LITERAL &&
        strlen(entry->version.text) > ANJAY_VERSION_MAX) {
        return set_wrong(parser, "version",
                         "the anjay format has versions of at most 24 bytes");
    }
    for (size_t i = 0; i < entry->link_count; i++) {
        if (entry->links[i] > ANJAY_LINKED_MAX) {
            return set_wrong(parser, "links",
                             "the anjay format links instances 0..254");
        }
    }
    return STATUS_OK;
}

static enum status parse_anjay(const struct set_parser *parser,
                               const cJSON *package,
                               struct package_entry *entry)
{
    const cJSON *outcome = cJSON_GetObjectItemCaseSensitive(package, "outcome");
    char what[256];

    if (outcome == NULL) {
        return check_anjay(parser, package, entry);
    }
    int number =
        cJSON_IsString(outcome) ? anjay_outcome(outcome->valuestring) : -1;
    if (number < 0) {
        (void)snprintf(what, sizeof(what), "unknown; known are: %s",
                       anjay_outcomes()); /* cut */
        return set_wrong(parser, "outcome", what);
    }
    entry->outcome = (unsigned)number;
    return check_anjay(parser, package, entry);
}

/* Images: the formats mcuboot and suit. */

bool recipe_is_image(const struct package_format *format)
{
    return format == &package_format_mcuboot || format == &package_format_suit;
}

/** How a payload is encrypted; whether that needs a secret or a key of P-256
 *  is in the way. */
static const struct {
    const struct package_format *format;
    const char *name;
    enum package_encryption encryption;
    bool is_wrapped; /* by a secret */
} encryptions[] = {
    { &package_format_mcuboot, "ecies-p256", PACKAGE_ECIES_P256, false },
    { &package_format_mcuboot, "aes-kw", PACKAGE_AES_KW, true },
    { &package_format_suit, "a128kw-gcm", PACKAGE_KW_GCM, true },
    { &package_format_suit, "a128kw-ctr", PACKAGE_KW_CTR, true },
    { &package_format_suit, "ecdh-gcm", PACKAGE_ES_GCM, false },
    { &package_format_suit, "ecdh-ctr", PACKAGE_ES_CTR, false },
};

enum { ENCRYPTIONS = sizeof(encryptions) / sizeof(encryptions[0]) };

bool recipe_is_wrapped(enum package_encryption encryption)
{
    size_t i = 0;

    while (i < ENCRYPTIONS && encryptions[i].encryption != encryption) {
        i++;
    }
    return i < ENCRYPTIONS && encryptions[i].is_wrapped;
}

static enum status take_encryption(const struct set_parser *parser,
                                   const cJSON *package,
                                   struct package_entry *entry)
{
    const cJSON *way = cJSON_GetObjectItemCaseSensitive(package, "encrypt");
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(package, "key");
    const char *text = cJSON_IsString(way) ? way->valuestring : "";
    bool is_new = cJSON_IsString(key) && strcmp(key->valuestring, "new") == 0;
    enum set_key wants = SET_KEY_COUNT;

    for (size_t i = 0; i < ENCRYPTIONS; i++) {
        if (encryptions[i].format != entry->format ||
            strcmp(encryptions[i].name, text) != 0) {
            continue;
        }
        entry->mcuboot.encryption = encryptions[i].encryption;
        wants = encryptions[i].is_wrapped
                    ? (is_new ? SET_KEY_KEK_NEW : SET_KEY_KEK)
                    : (is_new ? SET_KEY_ENC_NEW : SET_KEY_ENC);
    }
    if (way != NULL && wants == SET_KEY_COUNT) {
        return set_wrong(parser, "encrypt",
                         entry->format == &package_format_suit
                             ? "unknown; known are: a128kw-gcm a128kw-ctr "
                               "ecdh-gcm ecdh-ctr"
                             : "unknown; known are: ecies-p256 aes-kw");
    }
    if (key != NULL && (!is_new || way == NULL)) {
        return set_wrong(parser, "key", "only 'new', and with 'encrypt'");
    }
    entry->mcuboot.is_for_new_key = is_new;
    if (wants != SET_KEY_COUNT && key_of(parser->set, wants) == NULL) {
        char what[64];
        (void)snprintf(what, sizeof(what), "/keys has no '%s'",
                       key_names[wants].name); /* fits */
        return set_wrong(parser, "encrypt", what);
    }
    return STATUS_OK;
}

static enum status take_number(const struct set_parser *parser,
                               const cJSON *package, const char *member,
                               double low, double high, bool *out_is_given,
                               uint32_t *out_number)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, member);

    *out_is_given = item != NULL;
    if (item == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsNumber(item) || item->valuedouble < low ||
        item->valuedouble > high ||
        item->valuedouble != (double)(uint32_t)item->valuedouble) {
        char what[64];
        (void)snprintf(what, sizeof(what), "a number of %.0f..%.0f is expected",
                       low, high); /* fits */
        return set_wrong(parser, member, what);
    }
    *out_number = (uint32_t)item->valuedouble;
    return STATUS_OK;
}

/** "instance": as the simulated device has it; else a UUID as digits. */
static enum status take_class(const struct set_parser *parser,
                              const cJSON *package, struct package_entry *entry)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, "class");
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    unsigned byte = 0;

    if (item == NULL) {
        return STATUS_OK;
    }
    entry->mcuboot.has_class = true;
    if (strcmp(text, "instance") == 0) {
        recipe_class(entry->info.instance, entry->mcuboot.class_id);
        return STATUS_OK;
    }
    if (strlen(text) != CLASS_DIGITS ||
        strspn(text, "0123456789abcdefABCDEF") != CLASS_DIGITS) {
        return set_wrong(parser, "class",
                         "'instance' or 32 digits of a UUID are expected");
    }
    for (size_t i = 0; i < PACKAGE_CLASS_SIZE; i++) {
        (void)sscanf(text + 2 * i, "%2x", &byte); /* they are digits */
        entry->mcuboot.class_id[i] = (uint8_t)byte;
    }
    return STATUS_OK;
}

static enum status take_variant(const struct set_parser *parser,
                                const cJSON *package,
                                struct package_entry *entry)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, "variant");

    if (item == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsString(item) ||
        package_variant_find(entry->format, item->valuestring) == NULL) {
        return set_wrong(parser, "variant",
                         "unknown; 'assay package build --help' says how to "
                         "list them");
    }
    (void)snprintf(entry->variant, sizeof(entry->variant), "%s",
                   item->valuestring); /* fits: it is one of ours */
    return STATUS_OK;
}

static enum status parse_mcuboot(const struct set_parser *parser,
                                 const cJSON *package,
                                 struct package_entry *entry)
{
    uint32_t bits = 128;
    uint32_t header = 0;
    bool is_given = false;

    if (entry->part_count > 0 || entry->link_count > 0) {
        return set_wrong(parser, entry->part_count > 0 ? "contains" : "links",
                         "an image of MCUboot is for one component");
    }
    if (entry->info.instance > UINT8_MAX) {
        return set_wrong(parser, "recipe", "MCUboot has images 0..255");
    }
    enum status status = take_encryption(parser, package, entry);
    if (status == STATUS_OK) {
        status =
            take_number(parser, package, "bits", 128, 256, &is_given, &bits);
    }
    if (status == STATUS_OK && bits != 128 && bits != 256) {
        return set_wrong(parser, "bits", "128 or 256 is expected");
    }
    if (status == STATUS_OK) {
        status = take_number(parser, package, "header", 32, UINT16_MAX,
                             &is_given, &header);
    }
    if (status == STATUS_OK) {
        status =
            take_number(parser, package, "counter", 0, UINT32_MAX,
                        &entry->mcuboot.has_counter, &entry->mcuboot.counter);
    }
    if (status == STATUS_OK) {
        status = take_class(parser, package, entry);
    }
    entry->mcuboot.key_bits = bits;
    entry->mcuboot.header_size = header;
    return status == STATUS_OK ? take_variant(parser, package, entry) : status;
}

/** The name by which a device finds the key: "kid-1", and "kid-2" of the one
 *  that it has after a rotation. */
static enum status take_kid(const struct set_parser *parser,
                            const cJSON *package, struct package_entry *entry)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, "kid");
    const char *usual = entry->mcuboot.is_for_new_key ? "kid-2" : "kid-1";
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    bool is_given = item != NULL;

    if (is_given &&
        (text[0] == '\0' || strlen(text) >= sizeof(entry->mcuboot.kid) ||
         entry->mcuboot.encryption == PACKAGE_PLAIN)) {
        return set_wrong(parser, "kid",
                         "1 to 31 bytes of text, and with 'encrypt'");
    }
    (void)snprintf(entry->mcuboot.kid, sizeof(entry->mcuboot.kid), "%s",
                   is_given ? text : usual); /* fits */
    return STATUS_OK;
}

static enum status parse_suit(const struct set_parser *parser,
                              const cJSON *package, struct package_entry *entry)
{
    uint32_t sequence = 0;
    enum status status = STATUS_OK;

    if (entry->link_count > 0) {
        return set_wrong(parser, "links",
                         "an envelope has 'contains' for several components");
    }
    status = take_encryption(parser, package, entry);
    if (status == STATUS_OK) {
        status = take_kid(parser, package, entry);
    }
    if (status == STATUS_OK) {
        status = take_number(parser, package, "sequence", 0, UINT32_MAX,
                             &entry->mcuboot.has_counter, &sequence);
    }
    entry->mcuboot.counter = sequence;
    if (status == STATUS_OK) {
        status = take_class(parser, package, entry);
    }
    return status == STATUS_OK ? take_variant(parser, package, entry) : status;
}

/** What is in it are the packages "G" of its components: of MCUboot. */
static enum status parse_dfumi(const struct set_parser *parser,
                               const cJSON *package,
                               struct package_entry *entry)
{
    if (entry->part_count == 0) {
        return set_wrong(parser, "contains",
                         "the components of a multi-image are expected");
    }
    return take_variant(parser, package, entry);
}

/** Formats that have recipes. */
static const struct {
    const struct package_format *format;
    const char *keys;
    enum status (*parse)(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry);
} recipes[] = {
    { &package_format_anjay,
      "recipe version size requires contains links outcome", parse_anjay },
    { &package_format_mcuboot,
      "recipe version size requires contains links encrypt key bits header "
      "counter class variant",
      parse_mcuboot },
    { &package_format_suit,
      "recipe version size requires contains links encrypt key kid sequence "
      "class variant",
      parse_suit },
    { &package_format_dfumi, "recipe contains variant", parse_dfumi },
};

enum status recipe_parse(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry)
{
    const cJSON *recipe = cJSON_GetObjectItemCaseSensitive(package, "recipe");
    const char *name = cJSON_IsString(recipe) ? recipe->valuestring : "";
    size_t i = 0;

    while (i < sizeof(recipes) / sizeof(recipes[0]) &&
           strcmp(package_format_name(recipes[i].format), name) != 0) {
        i++;
    }
    if (i == sizeof(recipes) / sizeof(recipes[0])) {
        return set_wrong(parser, "recipe",
                         "unknown; known are: anjay mcuboot suit dfumi");
    }
    enum status status = set_check_keys(parser, package, recipes[i].keys);
    entry->source = SOURCE_RECIPE;
    entry->format = recipes[i].format;
    entry->size = PAYLOAD_DEFAULT;
    if (status == STATUS_OK) {
        status = set_take_size(parser, package, "size", &entry->size);
    }
    if (status == STATUS_OK) {
        status = set_take_version(parser, package, entry);
    }
    if (status == STATUS_OK) {
        status = set_take_relations(parser, package, entry);
    }
    if (status == STATUS_OK) {
        status = set_take_requirements(parser, package, entry);
    }
    return status == STATUS_OK ? recipes[i].parse(parser, package, entry)
                               : status;
}

/* Images. */

static void fill_keys(const struct recipe_image *image,
                      struct package_recipe *recipe)
{
    const struct package_set *set = image->set;
    const struct mcuboot_options *options = &image->entry->mcuboot;
    bool is_kw = recipe_is_wrapped(options->encryption);
    enum set_key usual = is_kw ? SET_KEY_KEK : SET_KEY_ENC;
    enum set_key fresh = is_kw ? SET_KEY_KEK_NEW : SET_KEY_ENC_NEW;

    recipe->signer = key_of(set, SET_KEY_SIGN);
    recipe->signer_x = key_of(set, SET_KEY_SIGN_X);
    recipe->encryption = options->encryption;
    recipe->key_bits = options->key_bits;
    recipe->kid = options->kid[0] != '\0' ? options->kid : NULL;
    recipe->recipient = key_of(set, options->is_for_new_key ? fresh : usual);
    recipe->recipient_x = key_of(set, is_kw ? SET_KEY_KEK_X : SET_KEY_ENC_X);
}

static const char *component_name(const struct package_set *set,
                                  uint16_t instance)
{
    size_t i = 0;

    while (i < set->component_count &&
           set->components[i].instance != instance) {
        i++;
    }
    return i < set->component_count ? set->components[i].name : NULL;
}

/** What a SUIT envelope is for: names, and of several components all parts.
 *  @param payload  of `size` bytes for each part
 *  @param classes  one for each part */
static void fill_parts(const struct recipe_image *image, const uint8_t *payload,
                       uint8_t classes[][PACKAGE_CLASS_SIZE],
                       struct package_recipe *recipe)
{
    const struct package_entry *entry = image->entry;
    size_t i = 0;

    recipe->component = component_name(image->set, entry->info.instance);
    while (i < image->set->component_count &&
           image->set->components[i].instance == entry->info.instance) {
        i++;
    }
    recipe->component_x =
        i < image->set->component_count ? image->set->components[i].name : NULL;
    for (i = 0; i < recipe->dependency_count; i++) {
        recipe->dependencies[i].name =
            component_name(image->set, recipe->dependencies[i].image);
    }
    for (i = 0; i < entry->part_count; i++) {
        recipe_class(entry->parts[i], classes[i]);
        recipe->members[i] = (struct package_member){
            .name = component_name(image->set, entry->parts[i]),
            .bytes = payload + i * entry->size,
            .size = entry->size,
            .class_id = entry->mcuboot.has_class ? classes[i] : NULL,
        };
    }
    recipe->member_count = entry->part_count;
}

enum status recipe_make_image(const struct recipe_image *image,
                              uint8_t **out_bytes, size_t *out_size,
                              struct reason *reason)
{
    const struct package_entry *entry = image->entry;
    uint64_t state = image->seed + 1;
    uint8_t other[PACKAGE_CLASS_SIZE];
    uint8_t classes[PACKAGE_PARTS_MAX][PACKAGE_CLASS_SIZE];
    size_t parts = entry->part_count > 0 ? entry->part_count : 1;
    uint8_t *payload = malloc(parts * entry->size);
    struct package_recipe recipe = {
        .version = image->version,
        .payload = payload,
        .payload_size = entry->size,
        .has_counter = entry->mcuboot.has_counter,
        .counter = entry->mcuboot.counter,
        .dependency_count = image->need_count,
        .class_id = entry->mcuboot.has_class ? entry->mcuboot.class_id : NULL,
        .class_x = other,
        .header_size = entry->mcuboot.header_size,
        .installed = image->installed,
        .slot_size = SLOT,
        .variant = entry->variant[0] != '\0' ? entry->variant : NULL,
        .random = package_random_seeded(&state),
    };

    if (payload == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    package_random(image->seed, payload, parts * entry->size);
    recipe_class((uint16_t)(entry->info.instance ^ 1), other);
    for (size_t i = 0; i < image->need_count; i++) {
        recipe.dependencies[i] = image->needs[i];
    }
    if (image->variant != NULL) {
        recipe.variant = image->variant;
    }
    fill_keys(image, &recipe);
    if (entry->format == &package_format_suit) {
        fill_parts(image, payload, classes, &recipe);
    }
    enum status status =
        package_make(entry->format, &recipe, out_bytes, out_size, reason);
    free(payload);
    return status;
}
