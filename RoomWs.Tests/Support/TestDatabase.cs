using System.Data.Common;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Support;

/// <summary>
/// What one server of a test keeps its rooms in: a file, or where <c>ROOMWS_TEST_POSTGRES</c> names a PostgreSQL, a database of its own there. It stays
/// through restarts of the server, and goes away with the test.
/// </summary>
internal abstract class TestDatabase : IAsyncDisposable
{
    /// <summary>Makes one of the kind that the test is for.</summary>
    /// <param name="folder">Where a file can be; it goes away after the database.</param>
    /// <exception cref="InvalidOperationException">The test does not say what it is for, and so would never be run on PostgreSQL.</exception>
    public static async Task<TestDatabase> MakeAsync(string folder)
    {
        var categories = Categories();
        if (categories.Contains(FileOnlyAttribute.Category)) return new FileDatabase(folder);
        if (!categories.Contains(nameof(EitherDatabaseAttribute)[..^nameof(Attribute).Length]))
            throw new InvalidOperationException($"{TestContext.CurrentContext.Test.FullName} starts a server: mark it, or its fixture, with [EitherDatabase] or [FileOnly(reason)].");
        return PostgresDatabase.IsGiven ? await PostgresDatabase.MakeAsync() : new FileDatabase(folder);
    }

    /// <summary>Has a server keep its rooms here.</summary>
    public abstract void Use(RoomWsOptions options);

    /// <summary>A connection past the server, whose SQL is to be the same in both dialects.</summary>
    public abstract DbConnection Open();

    /// <summary>Has each row fail that is added to the table, where the condition on <c>NEW</c> holds.</summary>
    public abstract void Refuse(string table, string condition);

    /// <summary>An expression for the bytes of a text, as a column for bytes takes them.</summary>
    public abstract string Bytes(string text);

    public abstract ValueTask DisposeAsync();

    /// <summary>Those of the test that runs, of its fixture and of what these are derived from.</summary>
    private static HashSet<string> Categories()
    {
        var categories = new HashSet<string>(StringComparer.Ordinal);
        for (ITest? test = TestExecutionContext.CurrentContext.CurrentTest; test is not null; test = test.Parent)
        {
            // To read a property that is not there adds it, and others look at the same fixture.
            if (test.Properties.ContainsKey(PropertyNames.Category)) categories.UnionWith(test.Properties[PropertyNames.Category].OfType<string>());
        }

        return categories;
    }
}

/// <summary>A file, which a server makes.</summary>
internal sealed class FileDatabase(string folder) : TestDatabase
{
    private readonly string _path = Path.Combine(folder, "roomws.db");

    public override void Use(RoomWsOptions options) => options.Database = _path;

    public override DbConnection Open() => SqlRows.Open(_path);

    public override void Refuse(string table, string condition)
    {
        using var file = Open();
        file.Run($"CREATE TRIGGER refused BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'on purpose'); END");
    }

    public override string Bytes(string text) => text;

    /// <summary>The file goes with its folder.</summary>
    public override ValueTask DisposeAsync() => default;
}
