using System.Text;
using RoomWs.Server.Storage.Batch;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>One of the numbered scripts in Migrations/.</summary>
internal sealed record Migration(long Version, string Name, string Sql) : SchemaScript(Version, Name, Sql)
{
    private static readonly Lazy<IReadOnlyList<Migration>> Scripts = new(static () => Of("Sqlite/", static (version, name, sql) => new Migration(version, name, sql)));

    /// <summary>Those that this program has, in their order.</summary>
    public static IReadOnlyList<Migration> All => Scripts.Value;

    /// <summary>The statements of the script, each with the comments before it.</summary>
    public IReadOnlyList<string> Statements()
    {
        var statements = new List<string>();
        var text = new StringBuilder();
        foreach (var line in Sql.Split('\n'))
        {
            text.Append(line).Append('\n');
            // SQLite knows that the semicolons within a trigger or a comment end no statement.
            if (raw.sqlite3_complete(text.ToString()) == 0) continue;
            statements.Add(text.ToString());
            text.Clear();
        }

        return statements;
    }

}
