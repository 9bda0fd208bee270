using Npgsql;
using NpgsqlTypes;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Columns of several rows as parameters, for statements that take all rows at once by <c>unnest</c>.</summary>
internal static class Columns
{
    public static NpgsqlParameter Texts<TRow>(this IReadOnlyList<TRow> rows, Func<TRow, string?> value) => Of(rows, value, NpgsqlDbType.Text);

    public static NpgsqlParameter Numbers<TRow>(this IReadOnlyList<TRow> rows, Func<TRow, long> value) => Of(rows, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter NumbersOrNull<TRow>(this IReadOnlyList<TRow> rows, Func<TRow, long?> value) => Of(rows, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Bytes<TRow>(this IReadOnlyList<TRow> rows, Func<TRow, byte[]> value) => Of(rows, value, NpgsqlDbType.Bytea);

    private static NpgsqlParameter<TValue[]> Of<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value, NpgsqlDbType type)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
