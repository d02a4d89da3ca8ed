"""The first tables."""

import sqlalchemy as sa
from alembic import op

from portal.store.directory import index as directory_index

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('audit_event',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('actor_kind', sa.String(length=40), nullable=False),
    sa.Column('actor_id', sa.String(length=40), nullable=True),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('seal_id', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_event'))
    )
    op.create_index('ix_audit_event_person', 'audit_event', ['person_id', 'seq'], unique=False)
    op.create_table('directory_import',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_import'))
    )
    op.create_index('ix_directory_import_source', 'directory_import', ['source', 'at'], unique=False)
    op.create_table('directory_source',
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('etag', sa.String(length=200), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_directory_source'))
    )
    op.create_table('missing_report',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_missing_report'))
    )
    op.create_index('ix_missing_report_state', 'missing_report', ['state', 'created_at'], unique=False)
    op.create_table('oauth_client',
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('secret_hash', sa.String(length=200), nullable=True),
    sa.Column('auth_method', sa.String(length=40), nullable=False),
    sa.Column('redirect_uris', sa.JSON(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('grant_types', sa.JSON(), nullable=False),
    sa.Column('jwks_uri', sa.String(length=500), nullable=True),
    sa.Column('jwks', sa.JSON(), nullable=True),
    sa.Column('homepage', sa.String(length=500), nullable=False),
    sa.Column('logo', sa.String(length=500), nullable=False),
    sa.Column('contact', sa.String(length=300), nullable=False),
    sa.Column('portal_fhir_base', sa.String(length=500), nullable=True),
    sa.Column('trusted', sa.Boolean(), nullable=False),
    sa.Column('partner', sa.Boolean(), nullable=False),
    sa.Column('introspects', sa.Boolean(), nullable=False),
    sa.Column('registered_from', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('client_id', name=op.f('pk_oauth_client'))
    )
    op.create_table('oauth_key',
    sa.Column('kid', sa.String(length=40), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid', name=op.f('pk_oauth_key'))
    )
    op.create_table('organization',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('owner_id', sa.String(length=40), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('policy', sa.String(length=40), nullable=False),
    sa.Column('manual', sa.Boolean(), nullable=False),
    sa.Column('messaging', sa.Boolean(), nullable=False),
    sa.Column('reverse_links', sa.Boolean(), nullable=False),
    sa.Column('fhir_base', sa.String(length=500), nullable=True),
    sa.Column('portal_url', sa.String(length=500), nullable=True),
    sa.Column('domain', sa.String(length=200), nullable=False),
    sa.Column('vendor', sa.String(length=80), nullable=False),
    sa.Column('phone', sa.String(length=60), nullable=False),
    sa.Column('npi', sa.String(length=10), nullable=False),
    sa.Column('line', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('postal_code', sa.String(length=20), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('more_places', sa.JSON(), nullable=True),
    sa.Column('hue', sa.String(length=40), nullable=False),
    sa.Column('logo_url', sa.String(length=500), nullable=True),
    sa.Column('capability', sa.JSON(), nullable=True),
    sa.Column('capability_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contact_state', sa.String(length=40), nullable=False),
    sa.Column('contact_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_by', sa.String(length=40), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['organization.id'], name=op.f('fk_organization_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization'))
    )
    op.create_index('ix_organization_fhir_base', 'organization', ['fhir_base'], unique=False)
    op.create_index(op.f('ix_organization_npi'), 'organization', ['npi'], unique=False)
    op.create_index(op.f('ix_organization_owner_id'), 'organization', ['owner_id'], unique=False)
    op.create_index(op.f('ix_organization_postal_code'), 'organization', ['postal_code'], unique=False)
    op.create_table('person',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('fhir_id', sa.String(length=64), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('share_matches', sa.Boolean(), nullable=False),
    sa.Column('located_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('fhir_id', name=op.f('uq_person_fhir_id'))
    )
    op.create_table('search_word',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('word', sa.String(length=60), nullable=False),
    sa.Column('backwards', sa.String(length=60), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_word')),
    sa.UniqueConstraint('word', name=op.f('uq_search_word_word'))
    )
    op.create_index(op.f('ix_search_word_backwards'), 'search_word', ['backwards'], unique=False)
    op.create_table('signing_key',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('algorithm', sa.String(length=10), nullable=False),
    sa.Column('public_jwk', sa.JSON(), nullable=False),
    sa.Column('private_jwk', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signing_key'))
    )
    op.create_table('used_jti',
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('jti_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('client_id', 'jti_hash', name=op.f('pk_used_jti'))
    )
    op.create_index('ix_used_jti_expires', 'used_jti', ['expires_at'], unique=False)
    op.create_table('account',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('username_hash', sa.String(length=64), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('password_hash', sa.LargeBinary(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('locale', sa.String(length=40), nullable=False),
    sa.Column('reduce_data', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('username_hash', name=op.f('uq_account_username_hash'))
    )
    op.create_index(op.f('ix_account_person_id'), 'account', ['person_id'], unique=False)
    op.create_table('link',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('tier', sa.String(length=40), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.Column('lasting', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('patient_hash', sa.String(length=64), nullable=True),
    sa.Column('created_by', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refreshed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('throttled_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finding', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_link_organization_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_link_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link'))
    )
    op.create_index(op.f('ix_link_organization_id'), 'link', ['organization_id'], unique=False)
    op.create_index('uq_link_live', 'link', ['person_id', 'organization_id'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
    op.create_table('link_revocation',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_link_revocation_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_revocation'))
    )
    op.create_index(op.f('ix_link_revocation_due_at'), 'link_revocation', ['due_at'], unique=False)
    op.create_table('oauth_grant',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=True),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('lasting', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=40), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['oauth_client.client_id'], name=op.f('fk_oauth_grant_client_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_oauth_grant_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oauth_grant'))
    )
    op.create_index(op.f('ix_oauth_grant_client_id'), 'oauth_grant', ['client_id'], unique=False)
    op.create_index(op.f('ix_oauth_grant_person_id'), 'oauth_grant', ['person_id'], unique=False)
    op.create_table('oauth_match',
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['oauth_client.client_id'], name=op.f('fk_oauth_match_client_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_oauth_match_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('client_id', 'person_id', name=op.f('pk_oauth_match'))
    )
    op.create_table('organization_client',
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('client_id', sa.String(length=200), nullable=False),
    sa.Column('auth_method', sa.String(length=40), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.Column('registration', sa.LargeBinary(), nullable=True),
    sa.Column('partner', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_client_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', name=op.f('pk_organization_client'))
    )
    op.create_table('organization_endpoint',
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('fhir_version', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_endpoint_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'address', name=op.f('pk_organization_endpoint'))
    )
    op.create_table('organization_logo',
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_logo_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', name=op.f('pk_organization_logo'))
    )
    op.create_table('organization_moved',
    sa.Column('old_id', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_moved_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('old_id', name=op.f('pk_organization_moved'))
    )
    op.create_index(op.f('ix_organization_moved_organization_id'), 'organization_moved', ['organization_id'], unique=False)
    op.create_table('organization_name',
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('since', sa.String(length=10), nullable=True),
    sa.Column('until', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_name_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('organization_id', 'name', name=op.f('pk_organization_name'))
    )
    op.create_table('organization_source',
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('entry', sa.String(length=64), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('said_hash', sa.String(length=64), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_source_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source', 'entry', name=op.f('pk_organization_source'))
    )
    op.create_index(op.f('ix_organization_source_organization_id'), 'organization_source', ['organization_id'], unique=False)
    op.create_table('person_token',
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_token_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'kind', 'hash', name=op.f('pk_person_token'))
    )
    op.create_index('ix_person_token_hash', 'person_token', ['kind', 'hash'], unique=False)
    op.create_table('record_count',
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_record_count_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'section', 'source', 'rank', name=op.f('pk_record_count'))
    )
    op.create_table('record_row',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('sort_at', sa.String(length=20), nullable=False),
    sa.Column('primary_id', sa.String(length=40), nullable=False),
    sa.Column('home', sa.Boolean(), nullable=False),
    sa.Column('sources', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_record_row_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_row'))
    )
    op.create_index('ix_record_row_page', 'record_row', ['person_id', 'section', 'rank', 'sort_at', 'id'], unique=False)
    op.create_table('resource',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('fhir_id', sa.String(length=64), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('date', sa.String(length=20), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refusal', sa.String(length=40), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_resource_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource')),
    sa.UniqueConstraint('source', 'type', 'fhir_id', name=op.f('uq_resource_source_type_fhir_id'))
    )
    op.create_index('ix_resource_search', 'resource', ['person_id', 'source', 'type', 'date', 'id'], unique=False)
    op.create_table('search_name',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('until', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_search_name_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_name'))
    )
    op.create_index(op.f('ix_search_name_organization_id'), 'search_name', ['organization_id'], unique=False)
    op.create_table('suggestion',
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('last_visit', sa.String(length=35), nullable=True),
    sa.Column('sensitive', sa.Boolean(), nullable=False),
    sa.Column('later_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_suggestion_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_suggestion_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'organization_id', name=op.f('pk_suggestion')),
    sa.UniqueConstraint('person_id', 'organization_id', name=op.f('uq_suggestion_person_id_organization_id'))
    )
    op.create_table('entry',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('row_id', sa.String(length=40), nullable=True),
    sa.Column('grouped', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('sort_at', sa.String(length=20), nullable=False),
    sa.Column('new_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('traits', sa.JSON(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['id'], ['resource.id'], name=op.f('fk_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_entry_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['row_id'], ['record_row.id'], name=op.f('fk_entry_row_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry'))
    )
    op.create_index(op.f('ix_entry_row_id'), 'entry', ['row_id'], unique=False)
    op.create_index('ix_entry_section', 'entry', ['person_id', 'section', 'source'], unique=False)
    op.create_index('ix_entry_ungrouped', 'entry', ['person_id', 'section'], unique=False, sqlite_where=sa.text('NOT grouped'), postgresql_where=sa.text('NOT grouped'))
    op.create_index('ix_entry_unread', 'entry', ['person_id', 'source', 'section'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.create_table('link_attempt',
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('organization_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('sign_in_hash', sa.String(length=64), nullable=False),
    sa.Column('link_id', sa.String(length=40), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_link_attempt_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_link_attempt_organization_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_link_attempt_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_link_attempt'))
    )
    op.create_table('link_event',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('link_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('move', sa.String(length=40), nullable=False),
    sa.Column('from_state', sa.String(length=40), nullable=True),
    sa.Column('to_state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('account_id', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_link_event_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_event'))
    )
    op.create_index(op.f('ix_link_event_link_id'), 'link_event', ['link_id'], unique=False)
    op.create_table('link_token',
    sa.Column('link_id', sa.String(length=40), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_link_token_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', name=op.f('pk_link_token'))
    )
    op.create_table('oauth_code',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('grant_id', sa.String(length=40), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['grant_id'], ['oauth_grant.id'], name=op.f('fk_oauth_code_grant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_oauth_code'))
    )
    op.create_table('oauth_token',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('grant_id', sa.String(length=40), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['grant_id'], ['oauth_grant.id'], name=op.f('fk_oauth_token_grant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_oauth_token'))
    )
    op.create_index(op.f('ix_oauth_token_grant_id'), 'oauth_token', ['grant_id'], unique=False)
    op.create_table('proxy_grant',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=False),
    sa.Column('relationship', sa.LargeBinary(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_proxy_grant_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_proxy_grant_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proxy_grant'))
    )
    op.create_index(op.f('ix_proxy_grant_account_id'), 'proxy_grant', ['account_id'], unique=False)
    op.create_index(op.f('ix_proxy_grant_person_id'), 'proxy_grant', ['person_id'], unique=False)
    op.create_table('record_row_source',
    sa.Column('row_id', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('sort_at', sa.String(length=20), nullable=False),
    sa.Column('entry_id', sa.String(length=40), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['row_id'], ['record_row.id'], name=op.f('fk_record_row_source_row_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('row_id', 'source', name=op.f('pk_record_row_source'))
    )
    op.create_index('ix_record_row_source_page', 'record_row_source', ['person_id', 'section', 'source', 'rank', 'sort_at', 'row_id'], unique=False)
    op.create_table('refresh',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('link_id', sa.String(length=40), nullable=False),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enqueued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_refresh_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refresh'))
    )
    op.create_index('ix_refresh_link', 'refresh', ['link_id', 'requested_at'], unique=False)
    op.create_index('uq_refresh_open', 'refresh', ['link_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('resource_token',
    sa.Column('resource_id', sa.String(length=40), nullable=False),
    sa.Column('param', sa.String(length=40), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.String(length=40), nullable=True),
    sa.Column('date', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_token_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', 'param', 'hash', name=op.f('pk_resource_token'))
    )
    op.create_index('ix_resource_token_search', 'resource_token', ['person_id', 'param', 'hash', 'date', 'resource_id'], unique=False)
    op.create_table('section_state',
    sa.Column('link_id', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('good_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cursor', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_section_state_link_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('link_id', 'section', name=op.f('pk_section_state'))
    )
    op.create_table('sign_in',
    sa.Column('id_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_sign_in'))
    )
    op.create_index(op.f('ix_sign_in_account_id'), 'sign_in', ['account_id'], unique=False)
    op.create_table('entry_key',
    sa.Column('entry_id', sa.String(length=40), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('bond', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_entry_key_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'hash', name=op.f('pk_entry_key'))
    )
    op.create_index('ix_entry_key_hash', 'entry_key', ['hash', 'entry_id'], unique=False)
    op.create_table('refresh_section',
    sa.Column('refresh_id', sa.String(length=40), nullable=False),
    sa.Column('section', sa.String(length=40), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('items', sa.Integer(), nullable=False),
    sa.Column('new_items', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['refresh_id'], ['refresh.id'], name=op.f('fk_refresh_section_refresh_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('refresh_id', 'section', name=op.f('pk_refresh_section'))
    )
    directory_index.create(op.get_bind())


def downgrade() -> None:

    op.drop_table('refresh_section')
    op.drop_index('ix_entry_key_hash', table_name='entry_key')
    op.drop_table('entry_key')
    op.drop_index(op.f('ix_sign_in_account_id'), table_name='sign_in')
    op.drop_table('sign_in')
    op.drop_table('section_state')
    op.drop_index('ix_resource_token_search', table_name='resource_token')
    op.drop_table('resource_token')
    op.drop_index('uq_refresh_open', table_name='refresh', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_refresh_link', table_name='refresh')
    op.drop_table('refresh')
    op.drop_index('ix_record_row_source_page', table_name='record_row_source')
    op.drop_table('record_row_source')
    op.drop_index(op.f('ix_proxy_grant_person_id'), table_name='proxy_grant')
    op.drop_index(op.f('ix_proxy_grant_account_id'), table_name='proxy_grant')
    op.drop_table('proxy_grant')
    op.drop_index(op.f('ix_oauth_token_grant_id'), table_name='oauth_token')
    op.drop_table('oauth_token')
    op.drop_table('oauth_code')
    op.drop_table('link_token')
    op.drop_index(op.f('ix_link_event_link_id'), table_name='link_event')
    op.drop_table('link_event')
    op.drop_table('link_attempt')
    op.drop_index('ix_entry_unread', table_name='entry', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.drop_index('ix_entry_ungrouped', table_name='entry', sqlite_where=sa.text('NOT grouped'), postgresql_where=sa.text('NOT grouped'))
    op.drop_index('ix_entry_section', table_name='entry')
    op.drop_index(op.f('ix_entry_row_id'), table_name='entry')
    op.drop_table('entry')
    op.drop_table('suggestion')
    op.drop_index(op.f('ix_search_name_organization_id'), table_name='search_name')
    op.drop_table('search_name')
    op.drop_index('ix_resource_search', table_name='resource')
    op.drop_table('resource')
    op.drop_index('ix_record_row_page', table_name='record_row')
    op.drop_table('record_row')
    op.drop_table('record_count')
    op.drop_index('ix_person_token_hash', table_name='person_token')
    op.drop_table('person_token')
    op.drop_index(op.f('ix_organization_source_organization_id'), table_name='organization_source')
    op.drop_table('organization_source')
    op.drop_table('organization_name')
    op.drop_index(op.f('ix_organization_moved_organization_id'), table_name='organization_moved')
    op.drop_table('organization_moved')
    op.drop_table('organization_logo')
    op.drop_table('organization_endpoint')
    op.drop_table('organization_client')
    op.drop_table('oauth_match')
    op.drop_index(op.f('ix_oauth_grant_person_id'), table_name='oauth_grant')
    op.drop_index(op.f('ix_oauth_grant_client_id'), table_name='oauth_grant')
    op.drop_table('oauth_grant')
    op.drop_index(op.f('ix_link_revocation_due_at'), table_name='link_revocation')
    op.drop_table('link_revocation')
    op.drop_index('uq_link_live', table_name='link', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
    op.drop_index(op.f('ix_link_organization_id'), table_name='link')
    op.drop_table('link')
    op.drop_index(op.f('ix_account_person_id'), table_name='account')
    op.drop_table('account')
    op.drop_index('ix_used_jti_expires', table_name='used_jti')
    op.drop_table('used_jti')
    op.drop_table('signing_key')
    op.drop_index(op.f('ix_search_word_backwards'), table_name='search_word')
    op.drop_table('search_word')
    op.drop_table('person')
    op.drop_index(op.f('ix_organization_postal_code'), table_name='organization')
    op.drop_index(op.f('ix_organization_owner_id'), table_name='organization')
    op.drop_index(op.f('ix_organization_npi'), table_name='organization')
    op.drop_index('ix_organization_fhir_base', table_name='organization')
    op.drop_table('organization')
    op.drop_table('oauth_key')
    op.drop_table('oauth_client')
    op.drop_index('ix_missing_report_state', table_name='missing_report')
    op.drop_table('missing_report')
    op.drop_table('directory_source')
    op.drop_index('ix_directory_import_source', table_name='directory_import')
    op.drop_table('directory_import')
    op.drop_index('ix_audit_event_person', table_name='audit_event')
    op.drop_table('audit_event')
